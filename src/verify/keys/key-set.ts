/**
 * Parses the gateway's published key set and returns the keys that can verify a token, by `kid`.
 * discovery.ts fetches the key set, and remote-keys.ts caches it.
 */

import { importJWK, type JWK } from 'jose'
import { findSecretMember, padOctets, readJwkMember, trimZeros } from '../../protocol/jwk.ts'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../protocol/token.ts'
import { decodeBase64, encodeBase64Url } from '../../web/base64.ts'
import { isJsonObject, type JsonObject } from '../../web/json.ts'
import { MIN_RSA_BITS } from '../../web/limits.ts'
import { MAX_KEY_ID_CHARACTERS, MAX_KEYS } from '../limits.ts'

export type VerificationKey = {
  /** The one algorithm of this key. Otherwise the token could choose a weaker one (TOK-03). */
  readonly algorithm: SigningAlgorithm
  readonly publicKey: Awaited<ReturnType<typeof importJWK>>
}

/** The keys by `kid`. The algorithm distinguishes keys with the same `kid` (RFC 7517 §4.5, KEY-03). */
export type KeySet = ReadonlyMap<string, readonly VerificationKey[]>

/**
 * Parses a key set. Returns undefined if no key in it can verify a token, so that it does not replace
 * a usable key set.
 */
export async function parseKeySet(document: unknown): Promise<KeySet | undefined> {
  if (!isJsonObject(document) || !Array.isArray(document.keys)) return undefined
  if (document.keys.length > MAX_KEYS) return undefined
  const keys = new Map<string, readonly VerificationKey[]>()
  const seen = new Set<string>()
  for (const entry of document.keys) {
    const kid = isJsonObject(entry) ? readJwkMember(entry, 'kid') : undefined
    if (!isJsonObject(entry) || !isKeyId(kid)) continue
    const read = readEntry(entry)
    // RFC 7517 §5: an entry that cannot be used is ignored.
    if (read === undefined) continue
    // A repeated entry counts once.
    const text = JSON.stringify([kid, read.algorithm, read.jwk])
    if (seen.has(text)) continue
    seen.add(text)
    const key = await importEntry(read)
    if (key !== undefined) keys.set(kid, [...(keys.get(kid) ?? []), key])
  }
  return keys.size === 0 ? undefined : keys
}

/**
 * Whether the value can be a `kid`. A `kid` in a token is untrusted input, so it must be printable
 * and short, and is only compared for equality (TOK-05).
 */
export function isKeyId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_KEY_ID_CHARACTERS &&
    /^[\x20-\x7e]+$/.test(value)
  )
}

type ReadEntry = { readonly algorithm: SigningAlgorithm; readonly jwk: JWK }

function readEntry(entry: JsonObject): ReadEntry | undefined {
  const alg = readJwkMember(entry, 'alg')
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === alg)
  if (algorithm === undefined || !isForSignatures(entry)) return undefined
  // Anyone can sign with a published private key (KEY-08).
  if (findSecretMember(entry) !== undefined) return undefined
  const jwk = readJwk(entry)
  return jwk === undefined ? undefined : { algorithm, jwk }
}

function isForSignatures(entry: JsonObject): boolean {
  const use = readJwkMember(entry, 'use')
  const operations = readJwkMember(entry, 'key_ops') ?? []
  if ((use !== undefined && use !== 'sig') || !Array.isArray(operations)) return false
  return operations.length === 0 || operations.includes('verify')
}

/** Octets of a coordinate (RFC 7518 §6.2.1.2). */
const COORDINATES: ReadonlyMap<unknown, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
])

/** Returns the needed members, each in an encoding that every runtime accepts. */
function readJwk(entry: JsonObject): JWK | undefined {
  const octets = (name: string) => decodeBase64(readJwkMember(entry, name))
  const crv = readJwkMember(entry, 'crv')
  switch (readJwkMember(entry, 'kty')) {
    case 'RSA': {
      const [n, e] = [octets('n'), octets('e')].map((part) => part && trimZeros(part))
      // A small or even exponent makes forgery cheap, and runtimes differ in what they accept
      // (KEY-05).
      if (n === undefined || e === undefined || encodeBase64Url(e) !== 'AQAB') return undefined
      // RFC 7518 §3.3: at least 2048 bits. With a shorter key, no signature is accepted.
      if (8 * n.length - Math.clz32((n[0] ?? 0) << 24) < MIN_RSA_BITS) return undefined
      return { kty: 'RSA', n: encodeBase64Url(n), e: 'AQAB' }
    }
    case 'EC': {
      const size = COORDINATES.get(crv)
      const [x, y] = [octets('x'), octets('y')].map((part) => part && padOctets(part, size ?? 0))
      if (x === undefined || y === undefined) return undefined
      return { kty: 'EC', crv: String(crv), x: encodeBase64Url(x), y: encodeBase64Url(y) }
    }
    case 'OKP': {
      const x = octets('x')
      return x && crv === 'Ed25519' ? { kty: 'OKP', crv, x: encodeBase64Url(x) } : undefined
    }
    default:
      return undefined
  }
}

async function importEntry({ algorithm, jwk }: ReadEntry): Promise<VerificationKey | undefined> {
  try {
    return { algorithm, publicKey: await importJWK(jwk, algorithm) }
  } catch {
    return undefined
  }
}
