import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../../../src/core/policy/compile/compiled.ts'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import {
  type ClaimedIdentities,
  evaluateClaims,
} from '../../../../src/core/policy/explain/evaluate-claims.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, good, type Json, NOW, problemsOf, type Row, rule } from '../support/documents.ts'
import { loadForm } from '../support/form.ts'

const pods = { 'kubernetes.io.namespace': 'agents' }
const PODS = { from: 'cluster', when: pods }
const acting = (acting_as: unknown, change: Json = {}) => ({
  ...good,
  rules: [{ ...rule, acting_as, ...change }],
})
const at = (...path: readonly (string | number)[]) => ['rules', 0, 'acting_as', ...path]

describe('acting_as', () => {
  it('is compiled with the claims of its own issuer', () => {
    const result = compileTrust(acting(PODS), CEILINGS)
    if ('problems' in result) throw new Error(JSON.stringify(result.problems))
    const [compiled] = result.trust.rules
    expect(compiled?.actingAs).toMatchObject({
      from: 'cluster',
      conditions: [{ claim: 'kubernetes.io.namespace', test: { kind: 'any_of' } }],
    })
    expect(compiled?.conditions).toHaveLength(1)
  })

  it('can name the gateway, and an issuer that no rule is from', () => {
    expect(problemsOf(acting({ from: 'self', when: { client_id: 'deploy' } }))).toEqual([])
  })

  const rows: readonly Row[] = [
    [
      'an issuer that is not declared',
      acting({ ...PODS, from: 'x' }),
      'issuer_unknown',
      at('from'),
    ],
    [
      'a claim of the subject',
      acting({ ...PODS, when: { repository_id: '1' } }),
      'claim_unknown',
      at('when', 'repository_id'),
    ],
    ['no conditions', acting({ ...PODS, when: {} }), 'value_invalid', at('when')],
    ['no issuer', acting({ when: pods }), 'type_wrong', at('from')],
    [
      'LINT-01 every customer of a shared issuer',
      acting({ from: 'github', when: { ref: 'refs/heads/main' } }),
      'tenant_not_pinned',
      at('when'),
    ],
    [
      'LINT-01 every rule of this document',
      acting({ from: 'self', when: { scope: 'read' } }),
      'tenant_not_pinned',
      at('when'),
    ],
    [
      'a condition that can never hold',
      acting({ from: 'github', when: { repository_owner_id: '1', ref: { min: 1 } } }),
      'condition_impossible',
      at('when', 'ref'),
    ],
  ]
  it.each(rows)('is refused with %s', (_, document, code, path) => {
    expect(problemsOf(document)).toEqual([expect.objectContaining({ code, path })])
  })

  it('is refused with an unknown member', () => {
    expect(problemsOf(acting({ ...PODS, mode: 'observe' }))).toHaveLength(1)
  })

  it('MAP-02 is the only way to the claim act', () => {
    const grant = { ...rule.grant, claims: { act: { sub: 'x' } } }
    expect(problemsOf({ ...good, rules: [{ ...rule, grant }] })).toEqual([
      expect.objectContaining({ code: 'claim_reserved' }),
    ])
  })
})

describe('a stored document', () => {
  const deny = { name: 'no', effect: 'deny', from: 'github', when: { ref: 'x' }, acting_as: PODS }
  const broken = { ...good.issuers, cluster: { provider: 'kubernetes', issuer: 'not a url' } }

  it('loses an allow rule whose actor cannot be checked', () => {
    const { trust } = compileStored(
      {
        ...good,
        issuers: broken,
        rules: [
          { ...rule, acting_as: PODS },
          { ...rule, name: 'b' },
        ],
      },
      CEILINGS,
    )
    expect(trust?.rules.map(({ name }) => name)).toEqual(['b'])
    expect(trust?.isPartial).toBe(true)
  })

  it('is closed for the subjects of a deny rule whose actor cannot be checked', () => {
    const { trust } = compileStored({ ...good, issuers: broken, rules: [rule, deny] }, CEILINGS)
    const github = [...(trust?.issuers.values() ?? [])].find(({ name }) => name === 'github')
    expect(github?.isClosed).toBe(true)
  })

  it('decides in its compiled form as it does compiled anew', () => {
    const document = { ...acting(PODS), rules: [{ ...rule, acting_as: PODS }, deny] }
    const stored = compileStored(document, CEILINGS)
    const form = loadForm(stored)
    const subject = {
      issuer: 'github',
      claims: { repository_owner_id: '4411', ref: 'y', sub: 's' },
    }
    const request = { resource: API, scopes: undefined, rule: undefined }
    const pod = (namespace: string) => ({
      issuer: 'cluster',
      claims: { sub: 'p', 'kubernetes.io': { namespace } },
    })
    const decide = (trust: CompiledTrust | undefined, actor: ClaimedIdentities['actor']) =>
      trust && evaluateClaims(trust, { ...subject, actor }, request, NOW)
    const actors = [undefined, pod('agents'), pod('other'), subject]
    const kinds = actors.map((actor) => decide(stored.trust, actor)?.kind)
    expect(kinds).toEqual(['denied', 'granted', 'denied', 'denied'])
    for (const actor of actors) {
      expect(decide(form.trust, actor)).toEqual(decide(stored.trust, actor))
    }
  })
})
