/** Which entries of a published key set can verify a token, in all their encodings. */
import { generateKeyPairSync } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createVerifier } from '../../../src/verify/index.ts'
import { KEYS_PATH, OPENID_PATH, sendText, startGateway } from '../support/gateway.ts'
import { refusalOf } from '../support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from '../support/tokens.ts'

const gateway = await startGateway()
const ec = await createSigner('key-1', 'ES256')
const rsa = await createSigner('key-1', 'RS256')
const okp = await createSigner('key-1', 'Ed25519')

beforeEach(() => gateway.publishKeys([ec.publicJwk]))

/** Returns the outcome for a token of this signer at a new verifier. */
async function judge(signer: typeof ec): Promise<string> {
  const verifier = createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW })
  return refusalOf(verifier.verify(await mint(signer, gateway.issuer)))
}

const standard = (text: unknown) => Buffer.from(String(text), 'base64url').toString('base64')
const zeros = (text: unknown) =>
  Buffer.concat([Buffer.alloc(1), Buffer.from(String(text), 'base64url')]).toString('base64url')

describe('a key of the gateway', () => {
  test.each([
    ['KEY-02 use enc', { use: 'enc' }],
    ['KEY-02 use jwt-svid', { use: 'jwt-svid' }],
    ['KEY-02 key_ops without verify', { key_ops: ['encrypt'] }],
    ['KEY-02 key_ops as text', { key_ops: 'verify' }],
    ['KEY-08 a private member', { d: 'AAAA' }],
    ['KEY-06 another curve', { crv: 'P-384' }],
    ['no algorithm', { alg: null }],
    ['an algorithm of encryption', { alg: 'ECDH-ES' }],
  ])('is not used with %s', async (_, change) => {
    gateway.publishKeys([{ ...ec.publicJwk, ...change }])
    expect(await judge(ec)).toBe('503 keys_unavailable: key_set_unusable')
  })

  test.each([
    ['padded', { x: standard(ec.publicJwk.x), y: standard(ec.publicJwk.y) }],
    ['with sign octets', { x: zeros(ec.publicJwk.x), y: zeros(ec.publicJwk.y) }],
    ['with members that are null', { use: null, key_ops: null, d: null, x5t: null }],
    ['with an empty list of key_ops', { key_ops: [] }],
    ['with unknown members', { x5c: ['a+/='], ext: 7 }],
  ])('verifies a token %s', async (_, change) => {
    gateway.publishKeys([{ ...ec.publicJwk, ...change }])
    expect(await judge(ec)).toBe('accepted')
  })

  test('of RSA verifies with other encodings of n and e, but not with another exponent', async () => {
    const { n } = rsa.publicJwk
    for (const change of [
      { n: standard(n), e: 'AQAB' },
      { n: zeros(n), e: 'AAEAAQ' },
    ]) {
      gateway.publishKeys([{ ...rsa.publicJwk, ...change }])
      expect(await judge(rsa)).toBe('accepted')
    }
    gateway.publishKeys([{ ...rsa.publicJwk, e: 'Aw' }])
    expect(await judge(rsa)).toBe('503 keys_unavailable: key_set_unusable')
  })

  test('KEY-05 of RSA is ignored with fewer than 2048 bits', async () => {
    for (const modulusLength of [1024, 2047]) {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength })
      const short = { ...rsa.publicJwk, ...publicKey.export({ format: 'jwk' }) }
      gateway.publishKeys([short])
      expect(await judge(rsa)).toBe('503 keys_unavailable: key_set_unusable')
      // It does not make the key with the same kid ambiguous.
      gateway.publishKeys([short, rsa.publicJwk])
      expect(await judge(rsa)).toBe('accepted')
    }
  })
})

describe('keys of one kid', () => {
  test('are distinguished by their algorithm (RFC 7517 §4.5)', async () => {
    gateway.publishKeys([ec.publicJwk, rsa.publicJwk, okp.publicJwk])
    for (const signer of [ec, rsa, okp]) expect(await judge(signer)).toBe('accepted')
  })

  test('KEY-03 of one algorithm are ambiguous unless they are the same key', async () => {
    const other = await createSigner('key-1', 'ES256')
    gateway.publishKeys([ec.publicJwk, other.publicJwk])
    expect(await judge(ec)).toBe('401 invalid_token: key_ambiguous')
    gateway.publishKeys([ec.publicJwk, { ...ec.publicJwk, x: standard(ec.publicJwk.x) }])
    expect(await judge(ec)).toBe('accepted')
  })

  test('TOK-03 of another algorithm verify nothing', async () => {
    expect(await judge(rsa)).toBe('401 invalid_token: algorithm_not_allowed')
  })
})

describe('a request to the gateway', () => {
  test('has a User-Agent and accepts every media type of a key set', async () => {
    const asked: unknown[] = []
    for (const path of [OPENID_PATH, KEYS_PATH]) {
      gateway.answer(path, (request, response) => {
        const { 'user-agent': agent, accept } = request.headers
        asked.push({ agent, accept })
        sendText('{}')(request, response)
      })
    }
    await judge(ec)
    expect(asked).toEqual([
      {
        agent: expect.stringMatching(/^edgemint\/\d+\.\d+\.\d+$/),
        accept: 'application/json, application/jwk-set+json, */*;q=0.1',
      },
    ])
  })

  test('accepts an answer that begins with a byte order mark', async () => {
    gateway.answer(KEYS_PATH, sendText(`\uFEFF${JSON.stringify({ keys: [ec.publicJwk] })}`))
    expect(await judge(ec)).toBe('accepted')
  })
})
