/**
 * Makes and verifies signatures of the JWS algorithms (RFC 7518 §3, RFC 8037, RFC 9864) with
 * WebCrypto. It also checks that the key fits the algorithm. `core/evidence` selects the key for a
 * token.
 */

import { MIN_RSA_BITS } from './limits.ts'

/** A public JWK with the members that make up the key. */
export type SignatureKey = {
  readonly kty: string
  readonly alg?: string
  readonly crv?: string
  readonly n?: string
  readonly e?: string
  readonly x?: string
  readonly y?: string
}

/** Returns false if the signature does not match or the key does not fit `alg`. Never throws. */
export type VerifySignature = (
  key: SignatureKey,
  alg: string,
  signed: Uint8Array,
  signature: Uint8Array,
) => Promise<boolean>

/** @throws where the platform cannot sign. */
export type Sign = (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>

type Algorithm = {
  readonly kty: string
  readonly crv?: string
  readonly importAs: { readonly name: string; readonly hash?: string; readonly namedCurve?: string }
  readonly operation: {
    readonly name: string
    readonly hash?: string
    readonly saltLength?: number
  }
}

const rsa = (bits: number): Algorithm => ({
  kty: 'RSA',
  importAs: { name: 'RSASSA-PKCS1-v1_5', hash: `SHA-${bits}` },
  operation: { name: 'RSASSA-PKCS1-v1_5' },
})

/** RFC 7518 §3.5: the salt is as long as the hash. */
const pss = (bits: number): Algorithm => ({
  kty: 'RSA',
  importAs: { name: 'RSA-PSS', hash: `SHA-${bits}` },
  operation: { name: 'RSA-PSS', saltLength: bits / 8 },
})

const ecdsa = (crv: string, bits: number): Algorithm => ({
  kty: 'EC',
  crv,
  importAs: { name: 'ECDSA', namedCurve: crv },
  operation: { name: 'ECDSA', hash: `SHA-${bits}` },
})

const ed25519: Algorithm = {
  kty: 'OKP',
  crv: 'Ed25519',
  importAs: { name: 'Ed25519' },
  operation: { name: 'Ed25519' },
}

const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ['RS256', rsa(256)],
  ['RS384', rsa(384)],
  ['RS512', rsa(512)],
  ['PS256', pss(256)],
  ['PS384', pss(384)],
  ['PS512', pss(512)],
  ['ES256', ecdsa('P-256', 256)],
  ['ES384', ecdsa('P-384', 384)],
  ['ES512', ecdsa('P-521', 512)],
  ['Ed25519', ed25519],
  // RFC 8037 leaves the curve to the key; Ed25519 is the only one that platforms have.
  ['EdDSA', ed25519],
])

/**
 * Creates a verifier that imports each key once for each algorithm. An imported key is kept as long
 * as the caller keeps the key object, so the keys of a new key set are imported again.
 */
export function createSignatureVerifier(): VerifySignature {
  const imported = new WeakMap<SignatureKey, Map<string, CryptoKey>>()

  async function importOnce(key: SignatureKey, alg: string, algorithm: Algorithm) {
    const { kty, crv, n, e, x, y } = key
    const added = await importKey({ kty, crv, n, e, x, y } as JsonWebKey, algorithm, 'verify')
    const known = imported.get(key) ?? new Map<string, CryptoKey>()
    imported.set(key, known.set(alg, added))
    return added
  }

  return async function verifySignature(key, alg, signed, signature) {
    const algorithm = ALGORITHMS.get(alg)
    if (algorithm === undefined || !fits(key, algorithm)) return false
    try {
      const known = imported.get(key)?.get(alg) ?? (await importOnce(key, alg, algorithm))
      return await crypto.subtle.verify(
        algorithm.operation,
        known,
        signature as BufferSource,
        signed as BufferSource,
      )
    } catch {
      // workerd throws on a signature of the wrong length, and an exception would become a 500
      // (TOK-12).
      return false
    }
  }
}

/**
 * Creates a signer with a private JWK. The imported key cannot be exported.
 * @throws when the key does not fit the algorithm, or the platform refuses it.
 */
export async function createSigner(jwk: SignatureKey, alg: string): Promise<Sign> {
  const algorithm = ALGORITHMS.get(alg)
  if (algorithm === undefined || !fits(jwk, algorithm)) {
    throw new TypeError('the key does not fit the algorithm')
  }
  const key = await importKey(jwk as JsonWebKey, algorithm, 'sign')
  const { operation } = algorithm
  return async (bytes) =>
    new Uint8Array(await crypto.subtle.sign(operation, key, bytes as BufferSource))
}

/** A public key, and the signer of its private key. */
export type SigningPair = { readonly key: SignatureKey; readonly alg: string; readonly sign: Sign }

/**
 * Generates a key pair. The private key cannot be exported.
 * @throws for an unknown algorithm, and where the platform does not have it.
 */
export async function generateSigningPair(alg: string): Promise<SigningPair> {
  const algorithm = ALGORITHMS.get(alg)
  if (algorithm === undefined) throw new TypeError('the algorithm is not known')
  const { importAs, kty } = algorithm
  const size = { modulusLength: MIN_RSA_BITS, publicExponent: Uint8Array.of(1, 0, 1) }
  const parameters = kty === 'RSA' ? { ...importAs, ...size } : importAs
  // The types of each platform have another name for the parameters.
  const pair = await crypto.subtle.generateKey(parameters as never, false, ['sign', 'verify'])
  return readSigningPair(pair as KeyPair, alg)
}

/** The types of Node have no global name for a key or a key pair of WebCrypto. */
type Key = Parameters<typeof crypto.subtle.sign>[1]
type KeyPair = { readonly publicKey: Key; readonly privateKey: Key }

/**
 * Reads a key pair of WebCrypto. The private key need not be extractable.
 * @throws when the pair does not fit the algorithm.
 */
export async function readSigningPair(pair: KeyPair, alg: string): Promise<SigningPair> {
  const algorithm = ALGORITHMS.get(alg)
  const jwk = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey
  const { kty, crv, n, e, x, y } = jwk
  const key = Object.fromEntries(
    Object.entries({ kty, crv, n, e, x, y }).filter(([, value]) => value !== undefined),
  ) as SignatureKey
  const { name, hash } = pair.privateKey.algorithm as { name: string; hash?: { name: string } }
  const isSame = name === algorithm?.importAs.name && hash?.name === algorithm.importAs.hash
  if (algorithm === undefined || !isSame || !fits(key, algorithm)) {
    throw new TypeError('the key does not fit the algorithm')
  }
  const sign: Sign = async (bytes) =>
    new Uint8Array(
      await crypto.subtle.sign(algorithm.operation, pair.privateKey, bytes as BufferSource),
    )
  return { key, alg, sign }
}

/** One key, one algorithm (RFC 8725 §3.1): a key that names an algorithm serves no other. */
function fits({ kty, crv, alg }: SignatureKey, algorithm: Algorithm): boolean {
  if (kty !== algorithm.kty || crv !== algorithm.crv) return false
  return alg === undefined || ALGORITHMS.get(alg) === algorithm
}

/** @throws for a key that the platform refuses, and for an RSA modulus that is too short. */
async function importKey(jwk: JsonWebKey, { importAs }: Algorithm, usage: 'sign' | 'verify') {
  const key = await crypto.subtle.importKey('jwk', jwk, importAs, false, [usage])
  const { modulusLength = MIN_RSA_BITS } = key.algorithm as { modulusLength?: number }
  // Otherwise an issuer with a key that can be factored could be impersonated (KEY-04).
  if (modulusLength < MIN_RSA_BITS) throw new TypeError('the modulus is too short')
  return key
}
