import { describe, expect, it } from 'vitest'
import type { DecisionEvent } from '../../../../src/core/audit.ts'
import type { DecisionEvidence } from '../../../../src/core/decisions/build-record.ts'
import { sealIdentity } from '../../../../src/core/evidence/identity.ts'
import { githubActions } from '../../../../src/core/providers/github-actions.ts'
import { createUseCollector } from '../../../../src/worker/caches/decisions/rule-uses.ts'
import { RULE_USE_REPEAT_MILLISECONDS } from '../../../../src/worker/limits.ts'

const AT = 1_800_000_000
const event = (change: Partial<DecisionEvent> = {}): DecisionEvent => ({
  event: 'decision',
  decisionId: 'dec_one',
  at: AT,
  outcome: 'granted',
  rule: 'deploy',
  resource: 'https://api.test',
  ...change,
})
const evidence = (claims: object = {}, connection: object = {}): DecisionEvidence => ({
  connection: { asn: 64500, country: 'DE', ip: '192.0.2.1', ...connection },
  profile: githubActions,
  identity: sealIdentity({
    issuer: 'https://ci.test',
    subject: 'job',
    tokenId: '1',
    expiresAt: AT + 300,
    claims: { sub: 'job', job_workflow_sha: 'c0ffee', ...claims },
  }),
})
const of = (uses: ReturnType<ReturnType<typeof createUseCollector>>) =>
  uses.map(({ kind, value }) => [kind, value])

describe('the uses in a granted decision', () => {
  it('are the rule, the network and the commit of the workflow', () => {
    expect(createUseCollector('recorded')(event(), evidence())).toEqual([
      {
        kind: 'rule',
        rule: 'deploy',
        resource: 'https://api.test',
        value: '',
        at: AT * 1000,
        decisionId: 'dec_one',
      },
      expect.objectContaining({ kind: 'network', value: 'AS64500 DE' }),
      expect.objectContaining({ kind: 'workflow_commit', value: 'c0ffee' }),
    ])
  })

  it('have no network without facts of the connection, and no commit without the claim', () => {
    const bare = { connection: {}, profile: githubActions }
    expect(of(createUseCollector('recorded')(event(), bare))).toEqual([['rule', '']])
    const claims = { job_workflow_sha: ['c0ffee'] }
    const uses = createUseCollector('all')(event(), evidence(claims, { asn: undefined }))
    expect(of(uses)).toEqual([
      ['rule', ''],
      ['network', 'DE'],
    ])
  })

  it('have neither if the deployment keeps no claims', () => {
    expect(of(createUseCollector('none')(event(), evidence()))).toEqual([['rule', '']])
  })

  it.each([
    event({ outcome: 'denied' }),
    event({ outcome: 'unavailable' }),
    { event: 'decision', decisionId: 'dec_one', at: AT, outcome: 'granted' } as const,
  ])('are none for $outcome without a grant or a rule', (other) => {
    expect(createUseCollector('recorded')(other, evidence())).toEqual([])
  })

  it('are repeated after a while, and before it only what is new', () => {
    const collect = createUseCollector('recorded')
    collect(event(), evidence())
    expect(collect(event(), evidence())).toEqual([])
    expect(of(collect(event(), evidence({}, { country: 'FR' })))).toEqual([
      ['network', 'AS64500 FR'],
    ])
    const later = event({ at: AT + RULE_USE_REPEAT_MILLISECONDS / 1000 })
    expect(collect(later, evidence())).toHaveLength(3)
  })

  it('are apart for rules of other resources', () => {
    const collect = createUseCollector('recorded')
    collect(event(), evidence())
    expect(collect(event({ resource: 'https://other.test' }), evidence())).toHaveLength(3)
  })
})
