import { constants, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { exportJWK } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import {
  createSignatureVerifier,
  createSigner,
  type SignatureKey,
} from '../../src/web/signature.ts'
import { takeKeyPair } from '../support/key-pairs.ts'

const BYTES = new TextEncoder().encode('header.payload')
const PSS = constants.RSA_PKCS1_PSS_PADDING
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })

type Pair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
type Peer = { readonly pair: Pair; readonly hash: string | null; readonly options?: object }

const ec = (namedCurve: string, bits: number): Peer => ({
  pair: generateKeyPairSync('ec', { namedCurve }),
  hash: `sha${bits}`,
  options: { dsaEncoding: 'ieee-p1363' },
})
const ed = { pair: generateKeyPairSync('ed25519'), hash: null }
const pss = (bits: number): Peer => ({
  pair: RSA,
  hash: `sha${bits}`,
  options: { padding: PSS, saltLength: bits / 8 },
})

/** What Node's own crypto does for each algorithm of the table. */
const PEERS: Readonly<Record<string, Peer>> = {
  RS256: { pair: RSA, hash: 'sha256' },
  RS384: { pair: RSA, hash: 'sha384' },
  RS512: { pair: RSA, hash: 'sha512' },
  PS256: pss(256),
  PS384: pss(384),
  PS512: pss(512),
  ES256: ec('P-256', 256),
  ES384: ec('P-384', 384),
  ES512: ec('P-521', 512),
  Ed25519: ed,
  EdDSA: ed,
}
const CASES = Object.entries(PEERS)

function jwkOf(key: KeyObject): SignatureKey {
  return key.export({ format: 'jwk' }) as SignatureKey
}

function signAsPeer({ pair, hash, options }: Peer, bytes = BYTES): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sign(hash, bytes, { key: pair.privateKey, ...options }))
}

describe.each(CASES)('%s', (alg, peer) => {
  const key = jwkOf(peer.pair.publicKey)

  it('verifies what another implementation signed, more than once', async () => {
    const verifySignature = createSignatureVerifier()
    for (let use = 0; use < 2; use += 1) {
      expect(await verifySignature(key, alg, BYTES, signAsPeer(peer))).toBe(true)
    }
  })

  it('signs what another implementation verifies', async () => {
    const own = await createSigner(jwkOf(peer.pair.privateKey), alg)
    const { hash, pair, options } = peer
    const signature = await own(BYTES)
    expect(verify(hash, BYTES, { key: pair.publicKey, ...options }, signature)).toBe(true)
  })

  it('TOK-12 denies other bytes, and a signature that was changed, cut or extended', async () => {
    const verifySignature = createSignatureVerifier()
    const good = signAsPeer(peer)
    const changed = Uint8Array.from(good)
    changed[5] = (changed[5] ?? 0) ^ 1
    const other = new TextEncoder().encode('header.Payload')
    expect(await verifySignature(key, alg, other, good)).toBe(false)
    for (const bad of [
      changed,
      good.slice(0, -1),
      Uint8Array.from([...good, 0]),
      new Uint8Array(),
      new Uint8Array(good.byteLength),
    ]) {
      expect(await verifySignature(key, alg, BYTES, bad)).toBe(false)
    }
    expect(await verifySignature(key, alg, BYTES, good)).toBe(true)
  })

  it('serves no other algorithm, under a key that names it or that fits', async () => {
    const verifySignature = createSignatureVerifier()
    const good = signAsPeer(peer)
    for (const [other] of CASES) {
      const isSame = other === alg || (PEERS[other] === ed && peer === ed)
      expect(await verifySignature({ ...key, alg }, other, BYTES, good)).toBe(isSame)
      expect(await verifySignature(key, other, BYTES, good)).toBe(isSame)
      if (isSame) continue
      const wrong = createSigner({ ...jwkOf(peer.pair.privateKey), alg }, other)
      await expect(wrong).rejects.toThrow('the key does not fit the algorithm')
    }
  })

  it('TOK-03 denies its own good signatures under a key that names another algorithm', async () => {
    const good = signAsPeer(peer)
    for (const [other] of CASES) {
      const isSame = other === alg || (PEERS[other] === ed && peer === ed)
      const verifySignature = createSignatureVerifier()
      expect(await verifySignature({ ...key, alg: other }, alg, BYTES, good)).toBe(isSame)
    }
  })

  it('signs with no key of another type or curve', async () => {
    for (const [, { pair }] of CASES) {
      const jwk = jwkOf(pair.privateKey)
      if (jwk.kty === key.kty && jwk.crv === key.crv) continue
      await expect(createSigner(jwk, alg)).rejects.toThrow('the key does not fit the algorithm')
    }
  })
})

describe('a signer', () => {
  it('KEY-12 has a private key that cannot be exported', async () => {
    const imports = vi.spyOn(crypto.subtle, 'importKey')
    await createSigner(jwkOf(ed.pair.privateKey), 'Ed25519')
    const [key] = await Promise.all(imports.mock.results.map(({ value }) => value))
    imports.mockRestore()
    expect([key.type, key.extractable, key.usages]).toEqual(['private', false, ['sign']])
    await expect(crypto.subtle.exportKey('jwk', key)).rejects.toThrow()
  })
})

describe('verification', () => {
  const { pair, hash } = PEERS.RS256 as Peer
  const key = jwkOf(pair.publicKey)
  const good = signAsPeer({ pair, hash })

  it.each(['none', 'None', 'HS256', '', 'rs256', '__proto__', 'constructor', 'RSA-OAEP'])(
    'TOK-01 has no algorithm %j',
    async (alg) => {
      expect(await createSignatureVerifier()(key, alg, BYTES, good)).toBe(false)
      await expect(createSigner(jwkOf(pair.privateKey), alg)).rejects.toThrow(TypeError)
    },
  )

  it.each([
    ['no modulus', { kty: 'RSA', e: 'AQAB' }],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['nothing', { kty: '' }],
  ])('denies under a key that is %s', async (_, bad) => {
    await expect(createSignatureVerifier()(bad, 'RS256', BYTES, good)).resolves.toBe(false)
  })

  it('KEY-04 denies under an RSA key of less than 2,048 bits, and does not sign with one', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 2040 })
    const signature = signAsPeer({ pair: short, hash })
    const bad = jwkOf(short.publicKey)
    expect(await createSignatureVerifier()(bad, 'RS256', BYTES, signature)).toBe(false)
    await expect(createSigner(jwkOf(short.privateKey), 'RS256')).rejects.toThrow('too short')
  })

  it('PSS with a salt of another length is not valid (RFC 7518 §3.5)', async () => {
    const options = { padding: PSS, saltLength: 20 }
    const signature = signAsPeer({ pair, hash: 'sha256', options })
    expect(await createSignatureVerifier()(key, 'PS256', BYTES, signature)).toBe(false)
  })

  it('does not mix up two keys, nor a key and a copy with other material', async () => {
    const verifySignature = createSignatureVerifier()
    const { publicKey } = await takeKeyPair('RS256')
    const other = (await exportJWK(publicKey)) as SignatureKey
    expect(await verifySignature(key, 'RS256', BYTES, good)).toBe(true)
    expect(await verifySignature(other, 'RS256', BYTES, good)).toBe(false)
    expect(await verifySignature({ ...key, n: String(other.n) }, 'RS256', BYTES, good)).toBe(false)
  })
})
