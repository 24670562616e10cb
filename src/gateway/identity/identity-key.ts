/**
 * The owner's key that signs identities for the origin. It is imported as not extractable. Only the
 * imported key is kept between requests, never a promise of it.
 */
import { calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../protocol/token.ts'
import { demand } from '../demand.ts'

export type IdentityKey = {
  readonly algorithm: SigningAlgorithm
  readonly keyId: string
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>
  readonly publicJwk: JWK
}

/**
 * Checks the private key and returns its import function. Throws `TypeError` if it is not a private
 * key.
 */
export function parseIdentityKey(key: unknown): () => Promise<IdentityKey> {
  const jwk = typeof key === 'string' ? parseJson(key) : key
  const sentence = 'identity.key must be a private JSON Web Key with "alg"'
  demand(typeof jwk === 'object' && jwk !== null, sentence)
  const { alg, kty, crv, x, y, n, e, d, p, q, dp, dq, qi } = jwk as JWK
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === alg)
  demand(algorithm !== undefined && typeof kty === 'string' && typeof d === 'string', sentence)
  const publicMembers = dropAbsent({ kty, crv, x, y, n, e })
  const privateMembers = { ...publicMembers, ...dropAbsent({ d, p, q, dp, dq, qi }) }
  let imported: IdentityKey | undefined
  return async () => {
    // Two requests may both import the key: on Workers a request cannot await another's promise.
    imported ??= await importKey(algorithm, publicMembers, privateMembers)
    return imported
  }
}

async function importKey(
  algorithm: SigningAlgorithm,
  publicMembers: JWK,
  privateMembers: JWK,
): Promise<IdentityKey> {
  try {
    const privateKey = await importJWK(privateMembers, algorithm, { extractable: false })
    const keyId = await calculateJwkThumbprint(publicMembers)
    const publicJwk = Object.freeze({ ...publicMembers, kid: keyId, alg: algorithm, use: 'sig' })
    return Object.freeze({ algorithm, keyId, privateKey, publicJwk })
  } catch {
    // The cause is left out because it may quote the key.
    throw new TypeError(`edgemint/gateway: identity.key cannot be imported as an ${algorithm} key`)
  }
}

function dropAbsent(members: Readonly<Record<string, unknown>>): JWK {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
