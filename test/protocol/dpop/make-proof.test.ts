import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { checkDpopProof } from '../../../src/protocol/dpop/check-proof.ts'
import { makeDpopProof } from '../../../src/protocol/dpop/make-proof.ts'
import { DPOP_ALGORITHMS } from '../../../src/protocol/dpop/words.ts'
import {
  createSignatureVerifier,
  generateSigningPair,
  readSigningPair,
} from '../../../src/web/signature.ts'

const NOW = 1_800_000_000
const REQUEST = { method: 'GET', url: 'https://api.example/a?b#c', now: NOW, jti: 'id-1' }

describe.each(DPOP_ALGORITHMS)('a proof of our own with %s', (alg) => {
  it('is accepted by our check, for its token and nonce', async () => {
    const pair = await generateSigningPair(alg)
    const proof = await makeDpopProof(pair, { ...REQUEST, accessToken: 'token', nonce: 'n' })
    const expected = { method: 'GET', url: 'https://api.example/a', now: NOW, accessToken: 'token' }
    const checked = await checkDpopProof(proof, expected, createSignatureVerifier())
    expect(checked).toMatchObject({ ok: true, value: { jti: 'id-1', nonce: 'n' } })
  })
})

describe('a proof of our own', () => {
  it('has the public key alone, and no query', async () => {
    const pair = await generateSigningPair('ES256')
    const proof = await makeDpopProof(pair, REQUEST)
    expect(decodeJwt(proof)).toEqual({
      jti: 'id-1',
      htm: 'GET',
      htu: 'https://api.example/a',
      iat: NOW,
    })
    const { jwk, ...header } = decodeProtectedHeader(proof)
    expect(header).toEqual({ typ: 'dpop+jwt', alg: 'ES256' })
    expect(Object.keys(jwk ?? {})).toEqual(['kty', 'crv', 'x', 'y'])
  })

  it('KEY-12 is made with a private key that cannot be exported', async () => {
    const generate = { name: 'ECDSA', namedCurve: 'P-256' }
    const keys = await crypto.subtle.generateKey(generate, false, ['sign', 'verify'])
    const pair = await readSigningPair(keys, 'ES256')
    const proof = await makeDpopProof(pair, REQUEST)
    const expected = { method: 'GET', url: REQUEST.url, now: NOW }
    const checked = await checkDpopProof(proof, expected, createSignatureVerifier())
    expect(checked.ok).toBe(true)
    await expect(crypto.subtle.exportKey('jwk', keys.privateKey)).rejects.toThrow()
    for (const alg of ['ES384', 'RS256', 'none']) {
      await expect(readSigningPair(keys, alg)).rejects.toThrow('does not fit')
    }
    await expect(generateSigningPair('HS256')).rejects.toThrow('not known')
  })
})
