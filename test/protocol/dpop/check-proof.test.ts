import { beforeAll, describe, expect, it } from 'vitest'
import {
  checkDpopProof,
  type DpopExpectation,
  hashAccessToken,
} from '../../../src/protocol/dpop/check-proof.ts'
import { DPOP_ALGORITHMS } from '../../../src/protocol/dpop/words.ts'
import { createSignatureVerifier } from '../../../src/web/signature.ts'
import { createProofHolder, type ProofHolder, type ProofParts } from '../../support/dpop.ts'

const URL_OF_TOKEN = 'https://sts.example.com/token'
const NOW = 1_800_000_000
const EXPECTED: DpopExpectation = { method: 'POST', url: URL_OF_TOKEN, now: NOW }
const CLAIMS = { jti: 'proof-1', htm: 'POST', htu: URL_OF_TOKEN, iat: NOW }
const TOKEN = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'

const verifySignature = createSignatureVerifier()
let holder: ProofHolder
beforeAll(async () => {
  holder = await createProofHolder()
})

const check = (proof: string, expected: Partial<DpopExpectation> = {}) =>
  checkDpopProof(proof, { ...EXPECTED, ...expected }, verifySignature)

async function faultOf(proof: string, expected: Partial<DpopExpectation> = {}) {
  const checked = await check(proof, expected)
  return checked.ok ? 'accepted' : checked.error
}

const claimsOf =
  (more: object) =>
  (parts: ProofParts): ProofParts => ({ ...parts, claims: { ...parts.claims, ...more } })

describe.each(DPOP_ALGORITHMS)('a proof with %s', (alg) => {
  it('DP-14 is accepted, with the thumbprint of its key', async () => {
    const { prove, jkt } = await createProofHolder(alg)
    const proof = await prove({ ...CLAIMS, nonce: 'n-1' })
    expect(await check(proof)).toEqual({
      ok: true,
      value: {
        jkt,
        jti: 'proof-1',
        htu: URL_OF_TOKEN,
        iat: NOW,
        endsAt: NOW + 60,
        nonce: 'n-1',
      },
    })
  })

  it('DP-03 is refused where only another algorithm is accepted', async () => {
    const { prove } = await createProofHolder(alg)
    const algorithms = DPOP_ALGORITHMS.filter((other) => other !== alg)
    expect(await faultOf(await prove(CLAIMS), { algorithms })).toBe('alg')
  })
})

describe('the claims of a proof', () => {
  const refused: readonly (readonly [string, object, string])[] = [
    ['DP-05 no jti', { jti: undefined }, 'jti'],
    ['DP-05 an empty jti', { jti: '' }, 'jti'],
    ['DP-05 a jti that is a number', { jti: 1 }, 'jti'],
    ['DP-09 a jti of 129 characters', { jti: 'x'.repeat(129) }, 'jti'],
    ['DP-05 no htm', { htm: undefined }, 'htm'],
    ['DP-06 another method', { htm: 'GET' }, 'htm'],
    ['DP-06 the method in lower case', { htm: 'post' }, 'htm'],
    ['DP-06 a list of methods', { htm: ['POST'] }, 'htm'],
    ['DP-05 no htu', { htu: undefined }, 'htu'],
    ['DP-07 another path', { htu: `${URL_OF_TOKEN}/x` }, 'htu'],
    ['DP-07 another host', { htu: 'https://sts.evil.example/token' }, 'htu'],
    ['DP-07 a list of URLs', { htu: [URL_OF_TOKEN] }, 'htu'],
    ['DP-05 no iat', { iat: undefined }, 'iat'],
    ['DP-08 an iat in text', { iat: String(NOW) }, 'iat'],
    ['DP-08 an iat of null', { iat: null }, 'iat'],
    ['DP-08 61 seconds old', { iat: NOW - 61 }, 'iat'],
    ['DP-08 60.5 seconds old', { iat: NOW - 60.5 }, 'iat'],
    ['DPOP-02 five minutes old', { iat: NOW - 300 }, 'iat'],
    ['DP-08 61 seconds ahead', { iat: NOW + 61 }, 'iat'],
    ['an end that has passed', { exp: NOW }, 'exp'],
    ['an end that is no number', { exp: 'later' }, 'exp'],
    ['an end that is a text', { exp: String(NOW + 60) }, 'exp'],
    ['an end in a list', { exp: [NOW + 60] }, 'exp'],
    ['no end, spelt as null', { exp: null }, 'exp'],
    ['a start that is a text', { nbf: String(NOW) }, 'nbf'],
    ['a start in a list', { nbf: [NOW] }, 'nbf'],
    ['a start to come', { nbf: NOW + 61 }, 'nbf'],
    ['DP-16 a nonce with a quote', { nonce: 'a"b' }, 'nonce'],
    ['DP-16 a nonce with a space', { nonce: 'a b' }, 'nonce'],
    ['DP-16 an empty nonce', { nonce: '' }, 'nonce'],
    ['DP-16 a nonce of null', { nonce: null }, 'nonce'],
    ['a nonce of 257 characters', { nonce: 'x'.repeat(257) }, 'nonce'],
  ]
  it.each(refused)('%s is refused', async (_, more, fault) => {
    expect(await faultOf(await holder.prove(CLAIMS, claimsOf(more)))).toBe(fault)
  })

  it.each([
    ['60 seconds old', { iat: NOW - 60 }],
    ['60 seconds ahead', { iat: NOW + 60 }],
    ['with a fraction of a second', { iat: NOW - 0.5 }],
    ['with an id of 128 characters', { jti: 'x'.repeat(128) }],
    ['with a nonce of 256 characters', { nonce: 'x'.repeat(256) }],
    ['with times of its own', { nbf: NOW, exp: NOW + 1 }],
    ['with a start in 60 seconds', { nbf: NOW + 60 }],
    ['with claims of other systems', { sub: 'x', details: { a: [1] } }],
    ['with another spelling of the URL', { htu: 'HTTPS://STS.example.com:443/%74oken?x=1#y' }],
  ])('a proof %s is accepted', async (_, more) => {
    expect(await faultOf(await holder.prove(CLAIMS, claimsOf(more)))).toBe('accepted')
  })

  it('DP-07 the expected URL may have a query, and is normalised too', async () => {
    const proof = await holder.prove(CLAIMS)
    expect(await faultOf(proof, { url: `${URL_OF_TOKEN}?a=b` })).toBe('accepted')
    expect(await faultOf(proof, { url: 'not a URL' })).toBe('htu')
  })

  it('DPOP-03 a URL that cannot be compared is not equal to another one', async () => {
    for (const htu of ['not a URL', undefined]) {
      const proof = await holder.prove({ ...CLAIMS, htu })
      expect(await faultOf(proof, { url: 'not a URL' })).toBe('htu')
    }
  })
})

describe('the access token of a proof', () => {
  it('DP-19 has the hash of RFC 9449', () =>
    expect(hashAccessToken(TOKEN)).toBe('fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo'))

  it('DP-19 must be the one that the proof names', async () => {
    const good = await holder.prove({ ...CLAIMS, ath: hashAccessToken(TOKEN) })
    expect(await faultOf(good, { accessToken: TOKEN })).toBe('accepted')
    expect(await faultOf(good, { accessToken: `${TOKEN}x` })).toBe('ath')
    expect(await faultOf(await holder.prove(CLAIMS), { accessToken: TOKEN })).toBe('ath')
    const hex = Buffer.from(hashAccessToken(TOKEN), 'base64url').toString('hex')
    expect(await faultOf(await holder.prove({ ...CLAIMS, ath: hex }), { accessToken: TOKEN })).toBe(
      'ath',
    )
  })

  it('DP-20 must be bound to the key of the proof', async () => {
    const other = await createProofHolder()
    const proof = await holder.prove(CLAIMS)
    expect(await faultOf(proof, { jkt: holder.jkt })).toBe('accepted')
    expect(await faultOf(proof, { jkt: other.jkt })).toBe('jkt')
    expect(await faultOf(proof, { jkt: '' })).toBe('jkt')
  })
})
