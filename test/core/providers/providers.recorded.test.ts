import { describe, expect, it } from 'vitest'
import { samePath } from '../../../src/core/policy/language/claim-path.ts'
import { findProvider, listProviders } from '../../../src/core/providers/index.ts'
import { describeClaim } from '../../../src/core/providers/references.ts'

const profiles = listProviders().flatMap((id) => findProvider(id) ?? [])

const recordedBy = (id: string) =>
  findProvider(id)?.claims?.flatMap(({ path, recorded }) => (recorded ? [path.join('.')] : [])) ??
  []

describe('claims that may be recorded', () => {
  it('are ids, refs, environments, events and workflows', () => {
    expect(recordedBy('github-actions')).toEqual(
      expect.arrayContaining([
        'repository_id',
        'repository_owner_id',
        'ref',
        'environment',
        'event_name',
        'job_workflow_ref',
      ]),
    )
    expect(recordedBy('kubernetes')).toContain('kubernetes.io.serviceaccount.uid')
    expect(recordedBy('generic-oidc')).toEqual([])
  })

  it('include the id, ref, event and environment of every profile', () => {
    for (const { id, names } of profiles) {
      const { ownerId, projectId, ref, event, environment } = names
      const named = [ownerId, projectId, ref, event, environment].flatMap((path) =>
        // The record has a separate field for the subject.
        path === undefined || samePath(path, ['sub']) ? [] : [path.join('.')],
      )
      expect.soft(recordedBy(id), id).toEqual(expect.arrayContaining(named))
    }
  })

  it('never identify a person', () => {
    const ofPerson = /mail|user|actor|login|creator|initiator|deployer|nickname|phone|upn|person/i
    const saysPerson = /\be-?mail\b|\buser (?:that|in)\b|\bthat user\b|\blogin (?:that|of)\b/i
    const personal = profiles.flatMap(({ id, claims, names }) =>
      (claims ?? []).flatMap(({ path, recorded }) => {
        const name = path.join('.')
        const isActor = names.actor !== undefined && samePath(path, names.actor)
        const says = describeClaim(id, path)
        const namesPerson = isActor || ofPerson.test(name) || saysPerson.test(says)
        return recorded && namesPerson ? [`${id}: ${name}: ${says}`] : []
      }),
    )
    expect(personal).toEqual([])
  })
})
