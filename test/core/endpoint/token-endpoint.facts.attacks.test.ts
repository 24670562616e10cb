import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE, makeRequest, type Tokens, type Vector } from '../../support/vectors.ts'

const NAMES = [
  'used',
  'usedProof',
  'issued',
  'other',
  'admin',
  'revoked',
  'last',
  'moved',
  'acted',
] as const
const NONE = Object.fromEntries(NAMES.map((name) => [name, ''])) as Record<
  (typeof NAMES)[number],
  string
>
const TOKENS: Tokens = { ...NONE, gateway: AUDIENCE }

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

describe('LOG-01 LOG-03 the facts of a denial', () => {
  const CANARY = 'canary-9d41'
  const claims = (change: Readonly<Record<string, unknown>>) => ({ claims: change })
  const rows: readonly (readonly [string, Pick<Vector, 'form' | 'mint'>, Vector['reason']])[] = [
    ['kid', { mint: { header: { kid: CANARY } } }, 'key_unknown'],
    ['typ', { mint: { header: { typ: CANARY } } }, 'token_kind_not_accepted'],
    ['jku', { mint: { header: { jku: `https://${CANARY}.example` } } }, 'token_malformed'],
    ['iss', { mint: claims({ iss: `https://${CANARY}.example` }) }, 'issuer_not_trusted'],
    ['aud', { mint: { audience: CANARY } }, 'audience_mismatch'],
    ['a list of aud', { mint: claims({ aud: [CANARY, CANARY] }) }, 'audience_mismatch'],
    ['exp', { mint: claims({ exp: CANARY }) }, 'claim_invalid'],
    ['nbf', { mint: claims({ nbf: CANARY }) }, 'claim_invalid'],
    ['jti', { mint: claims({ jti: `${CANARY}\n` }) }, 'claim_invalid'],
    ['sub', { mint: claims({ sub: `${CANARY}\n` }) }, 'claim_invalid'],
    ['cnf', { mint: claims({ cnf: { jkt: CANARY } }) }, 'token_bound'],
    ['ref', { mint: claims({ ref: CANARY }) }, 'no_rule_matched'],
    ['resource', { form: { resource: `https://${CANARY}.example` } }, 'resource_unknown'],
    ['resource and audience', { form: { audience: CANARY } }, 'target_ambiguous'],
    ['a resource that is not a URI', { form: { resource: CANARY } }, 'target_invalid'],
    ['scope', { form: { scope: CANARY } }, 'scope_not_granted'],
    ['malformed scope', { form: { scope: `${CANARY}  x` } }, 'scope_malformed'],
    ['rule', { form: { rule: CANARY } }, 'no_rule_matched'],
    ['expires_in', { form: { expires_in: CANARY } }, 'parameter_invalid'],
    ['client_id', { form: { client_id: `${CANARY}\n` } }, 'parameter_invalid'],
    ['grant_type', { form: { grant_type: CANARY } }, 'grant_type_unsupported'],
    ['a parameter', { form: { [CANARY]: [CANARY, CANARY] } }, 'parameter_repeated'],
    ['subject_token', { form: { subject_token: CANARY } }, 'token_malformed'],
    [
      'actor_token_type',
      { form: { actor_token: 'x', actor_token_type: CANARY } },
      'token_type_unsupported',
    ],
    ['subject_token_type', { form: { subject_token_type: CANARY } }, 'token_type_unsupported'],
    ['actor_token', { form: { actor_token: CANARY } }, 'parameter_missing'],
  ]

  it.each(rows)('contain no text of the caller: %s', async (name, change, reason) => {
    const vector = { status: 400, error: '', name, reason, ...change }
    await world.answer(await makeRequest(vector, world.issuer, world.now(), TOKENS))
    const event = world.recorded.at(-1)
    expect(event?.reason).toBe(reason)
    expect(JSON.stringify(event)).not.toContain(CANARY)
  })
})
