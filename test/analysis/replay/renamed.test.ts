/** Decisions about tokens of the gateway, which name the rules that granted them. */
import { describe, expect, it } from 'vitest'
import { createReplay } from '../../../src/analysis/replay/replay.ts'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { API, ownTrust, RULES, TOOL } from '../../core/support/own-world.ts'
import { CEILINGS } from '../../support/core-world.ts'

const AT = Date.parse('2026-11-20T12:00:00Z')
const SECONDS = AT / 1000
const { gatewayIssuer } = CEILINGS

function compile(rules: readonly object[]) {
  const result = compileTrust(
    ownTrust('https://token.actions.githubusercontent.com', rules),
    CEILINGS,
  )
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

/** A token of the rule `deploy` was exchanged. */
function record(rule: string, resource: string, claims: object = {}): DecisionRecord {
  return {
    ...{ v: 1, id: 'dec_AQGiIpBI__ARrf0R24hOWA', at: AT, outcome: 'granted', rule, resource },
    ...{ issuer: 'self', issuer_url: gatewayIssuer, subject: 'github:1', revision: 7 },
    ...{ scopes: [resource === API ? 'read' : 'call'], all_claims: true },
    asked: { resource, scopes: [resource === API ? 'read' : 'call'] },
    claims: {
      ...{ iss: gatewayIssuer, sub: 'github:1', aud: API, client_id: 'deploy', jti: 'a', rev: 7 },
      ...{ scope: 'read write', repository: '456789012', iat: SECONDS - 60, exp: SECONDS + 300 },
      ...claims,
    },
  }
}

function replay(rules: readonly object[], one: DecisionRecord) {
  const [inForce, proposed] = [compile(RULES), compile(rules)]
  const replay = createReplay({ inForce, proposed, revision: 7, gatewayIssuer, at: SECONDS })
  replay.add(one)
  const { loses, changes, gains, replayed } = replay.report()
  expect([replayed, gains.decisions]).toEqual([1, 0])
  return { loses: loses.decisions, after: [...loses.identities, ...changes.identities][0]?.after }
}

const [deploy, tool, ...others] = RULES
const ship = { ...deploy, name: 'ship', owner: 'others@example.com' }
const granted = (rule: string) => ({ granted: expect.objectContaining({ rule }) })

describe('the replay after a rule was renamed', () => {
  it('does not name narrowings of its tokens as lost', () => {
    const rules = [ship, tool, ...others]
    expect(replay(rules, record('deploy', API))).toEqual({ loses: 0, after: granted('ship') })
  })

  it('finds the rules from self that name it by its new name', () => {
    const renamed = { ...tool, when: { ...tool.when, client_id: 'ship' } }
    const anc = [{ jti: 'b', iat: SECONDS - 90, client_id: 'deploy', aud: 'https://x.example.com' }]
    const one = record('tool', TOOL, { anc })
    expect(replay([ship, renamed, ...others], one)).toEqual({ loses: 0, after: granted('tool') })
    expect(replay([ship, tool, ...others], one).loses).toBe(1)
  })

  it('still names them as lost if more than the name of the rule changed', () => {
    const lost = { loses: 1, after: { denied: 'granting_rule_ended' } }
    const changed = { ...ship, grant: { ...deploy.grant, scopes: ['write'] } }
    expect(replay([changed, tool, ...others], record('deploy', API))).toEqual(lost)
  })
})
