import { describe, expect, it } from 'vitest'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import type { DecisionEvent } from '../../../src/core/audit.ts'
import { formatRecord, type RecordedClaims } from '../../../src/core/decisions/build-record.ts'
import type { VerifiedIdentity } from '../../../src/core/evidence/identity.ts'
import { samePath } from '../../../src/core/policy/language/claim-path.ts'
import { compileTemplate } from '../../../src/core/policy/language/template.ts'
import { findProvider, listProviders } from '../../../src/core/providers/index.ts'
import type { ProviderProfile } from '../../../src/core/providers/profile.ts'
import { exampleOf } from '../policy/support/provider-examples.ts'

const EVENT: DecisionEvent = {
  event: 'decision',
  decisionId: formatDecisionId({ shard: 0, at: 1_800_000_000_000 }, new Uint8Array(9)),
  at: 1_800_000_000,
  outcome: 'granted',
}

const profiles = listProviders().flatMap((id) => findProvider(id) ?? [])

type Claims = Readonly<Record<string, unknown>>

function recordOf(
  profile: ProviderProfile,
  claims: Claims,
  mode: RecordedClaims,
  subject?: { readonly template: string; readonly value: string },
): DecisionRecord {
  // The parts of an identity that a record uses.
  const identity = {
    issuer: 'https://issuer.test',
    subject: 'the-subject',
    tokenId: 'the-id',
    expiresAt: 1_800_000_300,
    claims,
  } as unknown as VerifiedIdentity
  const find = (claim: string) => ({ path: claim.split('/'), type: 'string' as const })
  const compiled =
    subject === undefined ? undefined : compileTemplate(subject.template, find, 'subject')
  if (typeof compiled === 'string') throw new Error(compiled)
  const evidence = {
    identity,
    profile,
    subjectTemplate: compiled,
    ...(subject === undefined ? {} : { issuedSubject: subject.value }),
  }
  return JSON.parse(formatRecord(EVENT, evidence, mode).line) as DecisionRecord
}

/** Every claim of the profile, each with a value that no other claim has, and some unknown ones. */
function markedClaims(profile: ProviderProfile) {
  const tree: Record<string, unknown> = { email: 'value-of-email', 'custom/name': 'value-of-own' }
  const claims = profile.claims ?? []
  // A claim that contains other claims has no value of its own.
  const leaves = claims.filter(({ path }) =>
    claims.every(
      (other) =>
        other.path.length <= path.length || !samePath(other.path.slice(0, path.length), path),
    ),
  )
  const marked = leaves.map(({ path, recorded }, index) => {
    const mark = `value-${index}-end`
    let holder = tree
    for (const name of path.slice(0, -1)) {
      const child = (holder[name] ?? {}) as Record<string, unknown>
      holder[name] = child
      holder = child
    }
    holder[path.at(-1) ?? ''] = mark
    return { recorded, mark }
  })
  return { tree, marked }
}

describe('LOG-07 the claims in a record', () => {
  it.each(profiles.map((profile) => [profile.id, profile] as const))(
    'of %s are those that its profile marks',
    (_, profile) => {
      const { tree, marked } = markedClaims(profile)
      const kept = JSON.stringify(recordOf(profile, tree, 'recorded'))
      const expected = marked.filter(({ recorded }) => recorded).map(({ mark }) => mark)
      expect(marked.map(({ mark }) => mark).filter((mark) => kept.includes(mark))).toEqual(expected)
      expect(kept).not.toContain('value-of-')
      const none = JSON.stringify(recordOf(profile, tree, 'none'))
      expect(none).not.toContain('value-')
      expect(recordOf(profile, tree, 'all').claims).toEqual(tree)
    },
  )

  it.each(profiles.map((profile) => [profile.id, profile] as const))(
    'of a token of %s have no address and no login',
    (id, profile) => {
      const claims = exampleOf(id) as Claims
      const kept = JSON.stringify(recordOf(profile, claims, 'recorded').claims ?? {})
      expect(kept).not.toMatch(/[\w.+-]+@[\w-]+\.\w+|octocat|sample-user/)
    },
  )

  it('are nested as in the token', () => {
    const profile = findProvider('kubernetes')
    if (profile === undefined) throw new Error('no profile')
    expect(recordOf(profile, exampleOf('kubernetes') as Claims, 'recorded').claims).toEqual({
      'kubernetes.io': {
        namespace: 'payments',
        node: { uid: '58456cb0-dd00-45ed-b797-5578fdceaced' },
        pod: { uid: '778a530c-b3f4-47c0-9cd5-ab018fb64f33' },
        serviceaccount: { uid: 'a087d5a0-e1dd-43ec-93ac-f13d89cd13af' },
      },
    })
  })

  it('are absent before the verification of a token', () => {
    const { line } = formatRecord(EVENT, {}, 'all')
    expect(JSON.parse(line)).not.toHaveProperty('claims')
  })
})

describe('LOG-07 the subject of the issued token', () => {
  const profile = findProvider('gitlab-com')
  const claims = profile === undefined ? {} : (exampleOf('gitlab-com') as Claims)
  const subjectIn = (mode: RecordedClaims, template: string) =>
    profile && recordOf(profile, claims, mode, { template, value: 'issued' }).issued_subject

  it.each([
    ['gitlab:{project_id}', 'issued', undefined],
    ['gitlab:{project_id}:{user_email}', undefined, undefined],
    ['{user_login}', undefined, undefined],
    ['gitlab:{user_email|sha256}', 'issued', 'issued'],
    ['{sub}', 'issued', 'issued'],
    ['a-fixed-text', 'issued', 'issued'],
  ])('of the template %s is kept if its claims are', (template, recorded, none) => {
    expect(subjectIn('recorded', template)).toBe(recorded)
    expect(subjectIn('none', template)).toBe(none)
    expect(subjectIn('all', template)).toBe('issued')
  })

  it('without a template is kept', () => {
    const evidence = { issuedSubject: 'github:repo:a/b' }
    expect(JSON.parse(formatRecord(EVENT, evidence, 'none').line)).toMatchObject({
      issued_subject: 'github:repo:a/b',
    })
  })
})
