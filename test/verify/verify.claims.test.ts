/** The checks of the claims (RFC 9068 §4). Each row changes one claim. */
import { expect, test } from 'vitest'
import { createVerifier, type VerifierOptions } from '../../src/verify/index.ts'
import { startGateway } from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW, validClaims } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])

function verifierWith(options: Partial<VerifierOptions> = {}) {
  const { issuer } = gateway
  return createVerifier({ issuer, audience: AUDIENCE, now: () => NOW, ...options })
}

async function outcomeOf(
  claims: Record<string, unknown>,
  options: Partial<VerifierOptions> = {},
): Promise<string> {
  const token = await mint(signer, gateway.issuer, { claims })
  return refusalOf(verifierWith(options).verify(token))
}

test('returns the claims of a valid token, frozen', async () => {
  const verified = await verifierWith().verify(await mint(signer, gateway.issuer))
  expect(verified).toEqual({
    subject: 'github:8123456:production',
    actors: [],
    scopes: ['deploy:read', 'deploy:write'],
    clientId: 'deploy-api-from-main',
    claims: validClaims(gateway.issuer),
    expiresAt: NOW + 600,
  })
  expect(Object.isFrozen(verified) && Object.isFrozen(verified.scopes)).toBe(true)
  expect(Object.isFrozen(verified.claims)).toBe(true)
  expect(Object.isFrozen(verified.actors)).toBe(true)
})

const REFUSED: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['PR-02 another issuer', { iss: 'https://evil.example' }, 'issuer_not_trusted'],
  ['PR-02 the issuer with a slash', { iss: `${gateway.issuer}/` }, 'issuer_not_trusted'],
  ['PR-02 the issuer in a list', { iss: [gateway.issuer] }, 'issuer_not_trusted'],
  ['PR-02 no issuer', { iss: undefined }, 'issuer_not_trusted'],
  ['PR-03 another audience', { aud: 'https://other.acme.dev' }, 'audience_mismatch'],
  ['PR-03 the beginning of the audience', { aud: 'https://api.acme' }, 'audience_mismatch'],
  [
    'PR-03 a list without this API',
    { aud: ['https://a.dev', 'https://b.dev'] },
    'audience_mismatch',
  ],
  ['PR-03 an object as audience', { aud: { 0: AUDIENCE } }, 'audience_mismatch'],
  ['PR-03 no audience', { aud: undefined }, 'audience_mismatch'],
  ['PR-05 no expiry', { exp: undefined }, 'claim_missing'],
  ['PR-05 an expiry that is a string', { exp: String(NOW + 600) }, 'claim_invalid'],
  ['PR-05 an expiry that is too large', { exp: 1e300 }, 'claim_invalid'],
  ['PR-05 an expiry before the epoch', { exp: -1 }, 'claim_invalid'],
  ['PR-05 an expiry an hour ago', { exp: NOW - 3600, iat: NOW - 7200 }, 'token_expired'],
  ['a start in an hour', { nbf: NOW + 3600 }, 'token_not_yet_valid'],
  ['a time of issue in an hour', { iat: NOW + 3600 }, 'token_not_yet_valid'],
  ['a start that is a string', { nbf: 'now' }, 'claim_invalid'],
  ['no time of issue', { iat: undefined }, 'claim_missing'],
  ['no subject', { sub: undefined }, 'claim_missing'],
  ['an empty subject', { sub: '' }, 'claim_invalid'],
  ['a subject that is a number', { sub: 4411 }, 'claim_invalid'],
  ['no client', { client_id: undefined }, 'claim_missing'],
  ['no token id', { jti: undefined }, 'claim_missing'],
  ['a scope that is a list', { scope: ['deploy:read'] }, 'claim_invalid'],
  ['PR-13 a binding to a DPoP key', { cnf: { jkt: 'A'.repeat(43) } }, 'token_bound'],
  ['PR-13 a binding to a certificate', { cnf: { 'x5t#S256': 'A'.repeat(43) } }, 'token_bound'],
  ['PR-13 a binding that is null', { cnf: null }, 'token_bound'],
]

test.each(REFUSED)('PR-06 refuses a token with one wrong claim: %s', async (_, claims, reason) => {
  expect(await outcomeOf(claims)).toBe(`401 invalid_token: ${reason}`)
})

test('PR-05 refuses an expiry that parses to Infinity', async () => {
  const payload = JSON.stringify(validClaims(gateway.issuer)).replace(/"exp":\d+/, '"exp":1e999')
  const token = await signer.sign({ typ: 'at+jwt', kid: signer.keyId }, payload)
  expect(await refusalOf(verifierWith().verify(token))).toBe('401 invalid_token: claim_invalid')
})

test('does not read claims from a prototype', async () => {
  const claims = { ...validClaims(gateway.issuer), sub: undefined }
  const payload = JSON.stringify(claims).replace('{', '{"__proto__":{"sub":"admin"},')
  const token = await signer.sign({ typ: 'at+jwt', kid: signer.keyId }, payload)
  expect(await refusalOf(verifierWith().verify(token))).toBe('401 invalid_token: claim_missing')
})

test.each([
  ['a string', 'not json'],
  ['a list', '[]'],
  ['null', 'null'],
])('refuses a signed payload that is not a claims object: %s', async (_, payload) => {
  const token = await signer.sign({ typ: 'at+jwt', kid: signer.keyId }, payload)
  expect(await refusalOf(verifierWith().verify(token))).toBe('401 invalid_token: token_malformed')
})

test('PR-03 accepts an audience list that names this API', async () => {
  expect(await outcomeOf({ aud: ['https://other.acme.dev', AUDIENCE] })).toBe('accepted')
})

const EDGES: readonly (readonly [string, Record<string, unknown>, number, string])[] = [
  ['one second before the end of the leeway', { exp: NOW - 29 }, 30, 'accepted'],
  ['at the end of the leeway', { exp: NOW - 30 }, 30, '401 invalid_token: token_expired'],
  ['at the expiry, without leeway', { exp: NOW }, 0, '401 invalid_token: token_expired'],
  [
    'at a fraction before the expiry, rounded down',
    { exp: NOW + 0.9 },
    0,
    '401 invalid_token: token_expired',
  ],
  ['issued as far ahead as the leeway', { iat: NOW + 30 }, 30, 'accepted'],
  [
    'issued one second beyond the leeway',
    { iat: NOW + 31 },
    30,
    '401 invalid_token: token_not_yet_valid',
  ],
  [
    'starting a fraction beyond the leeway',
    { nbf: NOW + 30.1 },
    30,
    '401 invalid_token: token_not_yet_valid',
  ],
]

test.each(EDGES)('PR-05 checks the times exactly: %s', async (_, claims, skew, outcome) => {
  expect(await outcomeOf(claims, { clockSkewSeconds: skew })).toBe(outcome)
})

test('CLM-02 rounds a fraction against the holder, for a clock with fractions too', async () => {
  const now = () => NOW + 0.6
  const early = '401 invalid_token: token_not_yet_valid'
  expect(await outcomeOf({ iat: NOW + 30.5 }, { now })).toBe(early)
  expect(await outcomeOf({ nbf: NOW + 30.5 }, { now })).toBe(early)
  expect(await outcomeOf({ iat: NOW + 29.5, nbf: NOW + 30 }, { now })).toBe('accepted')
})

test.each([
  ['all of them', 'deploy:write other deploy:read', 'accepted'],
  ['one of two', 'deploy:read', '403 insufficient_scope: scope_missing'],
  ['a longer name', 'deploy:read deploy:write:all', '403 insufficient_scope: scope_missing'],
  ['another case', 'deploy:read DEPLOY:WRITE', '403 insufficient_scope: scope_missing'],
  ['none', undefined, '403 insufficient_scope: scope_missing'],
])('PR-10 requires every scope of the options: the token has %s', async (_, scope, outcome) => {
  expect(await outcomeOf({ scope }, { scopes: ['deploy:read', 'deploy:write'] })).toBe(outcome)
})

test('PR-12 identifies the caller by top-level claims, not by a nested actor', async () => {
  const root = { iss: 'i', sub: 'root' }
  const act = { iss: 'i', sub: 'admin', scope: 'deploy:admin', act: root }
  const token = await mint(signer, gateway.issuer, { claims: { act } })
  expect((await verifierWith().verify(token)).subject).toBe('github:8123456:production')
  const needsMore = verifierWith({ scopes: ['deploy:admin'] }).verify(token)
  expect(await refusalOf(needsMore)).toBe('403 insufficient_scope: scope_missing')
})

test('refuses every token while the clock returns no number', async () => {
  const times = [NOW]
  const now = () => times.shift() ?? Number.NaN
  expect(await outcomeOf({}, { now })).toBe('401 invalid_token: token_expired')
})
