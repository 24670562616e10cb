/** The checks of a token before its claims: form, type, algorithm, key id, signature. */
import { base64url, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import { startGateway } from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW, replaceHeader, validClaims } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
const { issuer } = gateway

function freshVerifier() {
  gateway.publishKeys([signer.publicJwk])
  return createVerifier({ issuer, audience: AUDIENCE, now: () => NOW })
}

test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/at+JWT'])(
  'PR-01 accepts the type %s',
  async (typ) => {
    const token = await mint(signer, issuer, { header: { typ } })
    expect(await refusalOf(freshVerifier().verify(token))).toBe('accepted')
  },
)

test.each([
  'JWT',
  'statuslist+jwt',
  'token-introspection+jwt',
  'dpop+jwt',
  'application/jwt',
  'at+jwt ',
  undefined,
  7,
])('PR-01 refuses the type %s before it loads a key', async (typ) => {
  // The test writes the header itself, because the signing library requires a string.
  const token = replaceHeader(await mint(signer, issuer), { alg: 'ES256', kid: 'key-1', typ })
  expect(await refusalOf(freshVerifier().verify(token))).toBe(
    '401 invalid_token: token_kind_not_accepted',
  )
  expect(gateway.askedInAll()).toBe(0)
})

test.each(['none', 'None', 'NONE', 'nOnE', 'HS256', 'RS512', 'es256', '', undefined, ['ES256']])(
  'PR-04 TOK-01 refuses the algorithm %s before it loads a key',
  async (alg) => {
    const token = replaceHeader(await mint(signer, issuer), { typ: 'at+jwt', kid: 'key-1', alg })
    expect(await refusalOf(freshVerifier().verify(token))).toBe(
      '401 invalid_token: algorithm_not_allowed',
    )
    expect(gateway.askedInAll()).toBe(0)
  },
)

test('TOK-02 refuses a MAC made with the published key', async () => {
  const secret = new TextEncoder().encode(JSON.stringify(signer.publicJwk))
  const token = await new SignJWT(validClaims(issuer))
    .setProtectedHeader({ typ: 'at+jwt', alg: 'HS256', kid: 'key-1' })
    .sign(secret)
  expect(await refusalOf(freshVerifier().verify(token))).toBe(
    '401 invalid_token: algorithm_not_allowed',
  )
})

test('TOK-03 refuses an algorithm other than that of the published key', async () => {
  const rsa = await createSigner('key-1', 'PS256')
  gateway.publishKeys([{ ...rsa.publicJwk, alg: 'RS256' }])
  const verifier = createVerifier({ issuer, audience: AUDIENCE, now: () => NOW })
  expect(await refusalOf(verifier.verify(await mint(rsa, issuer)))).toBe(
    '401 invalid_token: algorithm_not_allowed',
  )
})

test.each([
  ['TOK-04', 'jwk', { kty: 'EC' }],
  ['TOK-04', 'jku', 'https://evil.example/keys'],
  ['TOK-04', 'x5u', 'https://evil.example/cert'],
  ['TOK-04', 'x5c', ['MIIB']],
  ['TOK-07', 'crit', ['exp']],
  ['TOK-07', 'crit', []],
  ['TOK-08', 'b64', false],
])('%s refuses the header member %s', async (_, name, value) => {
  const header = { typ: 'at+jwt', alg: 'ES256', kid: 'key-1', [name]: value }
  const token = replaceHeader(await mint(signer, issuer), header)
  expect(await refusalOf(freshVerifier().verify(token))).toBe('401 invalid_token: token_malformed')
  expect(gateway.askedInAll()).toBe(0)
})

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['a number', 1],
  ['an object', {}],
  ['a list', ['key-1']],
  ['a control character', 'key\u0000-1'],
  ['10 kB', 'k'.repeat(10_000)],
])('TOK-05 TOK-06 refuses a key id that is %s without a fetch', async (_, kid) => {
  const token = replaceHeader(await mint(signer, issuer), { typ: 'at+jwt', alg: 'ES256', kid })
  expect(await refusalOf(freshVerifier().verify(token))).toBe('401 invalid_token: key_unknown')
  expect(gateway.askedInAll()).toBe(0)
})

test.each(['__proto__', 'constructor', '../jwks.json'])(
  'TOK-05 finds no key with the id %s',
  async (kid) => {
    const token = await mint(signer, issuer, { header: { kid } })
    expect(await refusalOf(freshVerifier().verify(token))).toBe('401 invalid_token: key_unknown')
  },
)

test('PR-04 refuses a token that another key signed with the same key id', async () => {
  const forger = await createSigner('key-1')
  expect(await refusalOf(freshVerifier().verify(await mint(forger, issuer)))).toBe(
    '401 invalid_token: signature_invalid',
  )
})

test('PR-04 refuses changed claims with the original signature', async () => {
  const [header, , signature] = (await mint(signer, issuer)).split('.')
  const payload = base64url.encode(JSON.stringify({ ...validClaims(issuer), sub: 'admin' }))
  const token = [header, payload, signature].join('.')
  expect(await refusalOf(freshVerifier().verify(token))).toBe(
    '401 invalid_token: signature_invalid',
  )
})

test.each([
  ['a short signature', 'AAAA'],
  ['zeros', base64url.encode(new Uint8Array(64))],
  ['a long signature', base64url.encode(new Uint8Array(200).fill(1))],
])('TOK-12 refuses a malformed signature without an exception: %s', async (_, text) => {
  const [header, payload] = (await mint(signer, issuer)).split('.')
  const token = [header, payload, text].join('.')
  expect(await refusalOf(freshVerifier().verify(token))).toBe(
    '401 invalid_token: signature_invalid',
  )
})

const MALFORMED: readonly (readonly [string, (token: string) => unknown])[] = [
  ['TOK-13 two parts', (token) => token.split('.').slice(0, 2).join('.')],
  ['TOK-13 four parts', (token) => `${token}.AAAA`],
  ['TOK-13 the five parts of an encrypted token', (token) => `${token}.AAAA.AAAA`],
  ['TOK-13 thousands of dots', () => '.'.repeat(10_000)],
  ['TOK-13 no signature', (token) => `${token.split('.').slice(0, 2).join('.')}.`],
  ['TOK-13 a detached payload', (token) => token.replace(/\.[^.]+\./, '..')],
  ['TOK-10 padding', (token) => `${token}==`],
  ['TOK-10 a space', (token) => `${token} `],
  ['TOK-10 a line break inside', (token) => token.replace('.', '\n.')],
  ['TOK-10 trailing bits that are not zero', (token) => `${token.slice(0, -1)}B`],
  ['TOK-14 more than 16 KiB', (token) => token.replace('.', `.${'A'.repeat(16_384)}`)],
  ['a header that is not JSON', (token) => token.replace(/^[^.]+/, 'AAAA')],
  ['an empty string', () => ''],
  ['undefined', () => undefined],
]

test.each(MALFORMED)('refuses text that is not one signed token: %s', async (_, change) => {
  // A caller without types can do this.
  const token = change(await mint(signer, issuer)) as string
  expect(await refusalOf(freshVerifier().verify(token))).toBe('401 invalid_token: token_malformed')
  expect(gateway.askedInAll()).toBe(0)
})

test.each(['ES256', 'RS256', 'Ed25519', 'EdDSA', 'ES384', 'PS256'])(
  'PR-04 verifies a token that a gateway signed with %s',
  async (algorithm) => {
    const other = await createSigner('key-2', algorithm)
    gateway.publishKeys([signer.publicJwk, other.publicJwk])
    const verifier = createVerifier({ issuer, audience: AUDIENCE, now: () => NOW })
    expect(await refusalOf(verifier.verify(await mint(other, issuer)))).toBe('accepted')
  },
)

test('PR-14 the error contains no part of the token', async () => {
  const token = await mint(signer, issuer, { claims: { sub: 'secret-subject', exp: 1 } })
  const error = await freshVerifier()
    .verify(token)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  if (!(error instanceof Error)) return
  const shown = `${error} ${error.stack} ${JSON.stringify({ ...error })} ${error.cause}`
  expect(shown).toContain('token_expired')
  for (const part of [...token.split('.'), 'secret-subject']) expect(shown).not.toContain(part)
})
