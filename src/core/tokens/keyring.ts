/**
 * The gateway's own signing keys. Each secret is one private JWK with `alg` and optionally
 * `activates_at` and `retires_at`. A key is published as soon as it is deployed, and signs between
 * its dates. It stays published until the last token that it signed has expired, so a rotation
 * needs no further steps. This file never generates a key.
 */

import { calculateJwkThumbprint, type JWK } from 'jose'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../protocol/token.ts'
import { isJsonObject } from '../../web/json.ts'
import { MIN_RSA_BITS } from '../../web/limits.ts'
import { parseMoment } from '../../web/moment.ts'
import { createSigner, type Sign, type SignatureKey } from '../../web/signature.ts'
import { isWellKnownKey } from '../keys/well-known-keys.ts'
import { CLOCK_LEEWAY_SECONDS, MAX_RSA_BITS } from '../limits.ts'

export type RingKey = {
  readonly keyId: string
  /** The name of its secret. */
  readonly secret: string
  readonly algorithm: SigningAlgorithm
  /** Epoch seconds. */
  readonly activatesAt: number
  /** Epoch seconds. Infinity if the key has no end. */
  readonly retiresAt: number
  /** Signs with the private half, which nothing can read. */
  readonly sign: Sign
  readonly publicJwk: PublicSigningJwk
}

/**
 * The public half of a key. Its members come from an allow-list, so that no private member is
 * published (KEY-12).
 */
export type PublicSigningJwk = JWK & { readonly kid: string; readonly alg: string }

export type KeyRing = { readonly keys: readonly RingKey[] }

export type KeySecret = { readonly name: string; readonly jwk: string }
/**
 * Why a secret is not a usable signing key. It contains the secret's name and never its content.
 */
export type KeyProblem = { readonly name: string; readonly message: string }

/**
 * Imports every secret. An unusable secret is reported and left out. The gateway never generates a
 * replacement (KEY-13).
 */
export async function importKeyRing(
  secrets: readonly KeySecret[],
): Promise<{ readonly ring: KeyRing; readonly problems: readonly KeyProblem[] }> {
  const keys: RingKey[] = []
  const problems: KeyProblem[] = []
  for (const { name, jwk } of secrets) {
    const imported = await importKey(name, jwk)
    if (typeof imported === 'string') problems.push({ name, message: imported })
    else if (keys.some((key) => key.keyId === imported.keyId)) {
      problems.push({ name, message: 'contains the same key as another secret' })
    } else keys.push(imported)
  }
  return { ring: Object.freeze({ keys: Object.freeze(keys) }), problems }
}

async function importKey(secret: string, text: string): Promise<RingKey | string> {
  const jwk = parseJwk(text)
  if (jwk === undefined) return 'is not a JSON Web Key'
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === jwk.alg)
  if (algorithm === undefined) return `needs "alg", one of ${SIGNING_ALGORITHMS.join(', ')}`
  const activatesAt = readMoment(jwk.activates_at, 0)
  const retiresAt = readMoment(jwk.retires_at, Number.POSITIVE_INFINITY)
  if (activatesAt === undefined || retiresAt === undefined) {
    return 'has an invalid date: write it like 2027-03-31T00:00:00Z'
  }
  if (activatesAt >= retiresAt) return 'retires before it activates'
  if (jwk.d === undefined) return 'is not a private key'
  if (isWellKnownKey(jwk)) return 'is a published example whose private half is public'
  const publicMembers = pickPublicMembers(jwk)
  if (publicMembers === undefined) return `has a key type that does not match ${algorithm}`
  try {
    const keyId = await calculateJwkThumbprint(publicMembers)
    if (jwk.kid !== undefined && jwk.kid !== keyId) return 'has a kid that is not its thumbprint'
    const { d, p, q, dp, dq, qi } = jwk
    const material = { ...publicMembers, ...dropAbsent({ d, p, q, dp, dq, qi }) }
    const sign = await createSigner(material as SignatureKey, algorithm)
    const publicJwk = Object.freeze({ ...publicMembers, kid: keyId, alg: algorithm, use: 'sig' })
    return Object.freeze({ keyId, secret, algorithm, activatesAt, retiresAt, sign, publicJwk })
  } catch {
    return `cannot be imported as an ${algorithm} key`
  }
}

/** Ends keys earlier than their secrets say, by key id. Never prolongs a key. */
export function retireKeys({ keys }: KeyRing, ends: ReadonlyMap<string, number>): KeyRing {
  const retired = keys.map((key): RingKey => {
    const retiresAt = Math.min(key.retiresAt, ends.get(key.keyId) ?? Number.POSITIVE_INFINITY)
    return Object.freeze({ ...key, retiresAt })
  })
  return Object.freeze({ keys: Object.freeze(retired) })
}

type SecretJwk = JWK & { readonly activates_at?: unknown; readonly retires_at?: unknown }

function parseJwk(text: string): SecretJwk | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? (value as SecretJwk) : undefined
  } catch {
    return undefined
  }
}

function readMoment(value: unknown, absent: number): number | undefined {
  if (value === undefined) return absent
  return typeof value === 'string' ? parseMoment(value) : undefined
}

const EC_CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384' }

function pickPublicMembers(jwk: SecretJwk): JWK | undefined {
  const { alg = '', kty, crv, x, y, n, e } = jwk
  if (EC_CURVES[alg] !== undefined) {
    if (kty !== 'EC' || crv !== EC_CURVES[alg]) return undefined
    return x === undefined || y === undefined ? undefined : { kty, crv, x, y }
  }
  if (alg === 'EdDSA' || alg === 'Ed25519') {
    return kty === 'OKP' && crv === 'Ed25519' && x !== undefined ? { kty, crv, x } : undefined
  }
  if (kty !== 'RSA' || n === undefined || e !== 'AQAB') return undefined
  const bits = Math.floor((n.length * 6) / 8) * 8
  return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS ? { kty, n, e } : undefined
}

function dropAbsent(members: Readonly<Record<string, string | undefined>>): JWK {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** The algorithms for a resource that does not name one, the smallest signature first. */
const PREFERENCE: readonly SigningAlgorithm[] = [
  'ES256',
  'Ed25519',
  'EdDSA',
  'RS256',
  'PS256',
  'ES384',
]

/**
 * Returns the key that signs at a moment: the one of the active keys that was activated last. If no
 * algorithm is given, it is the preferred one of those that are accepted.
 */
export function selectSigningKey(
  ring: KeyRing,
  algorithm: SigningAlgorithm | undefined,
  at: number,
  accepted: readonly SigningAlgorithm[] = PREFERENCE,
): RingKey | undefined {
  const active = ring.keys.filter((key) => key.activatesAt <= at && at < key.retiresAt)
  if (algorithm === undefined) {
    const preferred = PREFERENCE.find(
      (name) => accepted.includes(name) && active.some((key) => key.algorithm === name),
    )
    return preferred === undefined ? undefined : newest(active, [preferred])
  }
  // EdDSA and Ed25519 name the same algorithm (RFC 9864 §2.2).
  const isEd25519 = algorithm === 'EdDSA' || algorithm === 'Ed25519'
  return newest(active, isEd25519 ? ['Ed25519', 'EdDSA'] : [algorithm])
}

function newest(keys: readonly RingKey[], names: readonly string[]): RingKey | undefined {
  let chosen: RingKey | undefined
  for (const key of keys) {
    if (!names.includes(key.algorithm)) continue
    if (chosen === undefined || key.activatesAt > chosen.activatesAt) chosen = key
  }
  return chosen
}

/**
 * Returns all keys except those whose last token has expired. Verifiers still need the others
 * (JK-07).
 */
export function publishedKeys(
  ring: KeyRing,
  at: number,
  maxTokenLifetimeSeconds: number,
): readonly PublicSigningJwk[] {
  return publishedRing(ring, at, maxTokenLifetimeSeconds).keys.map((key) => key.publicJwk)
}

/**
 * Returns the same keys as a ring. Forward auth uses it to accept only tokens that other verifiers
 * accept.
 */
export function publishedRing(ring: KeyRing, at: number, maxTokenLifetimeSeconds: number): KeyRing {
  const keys = ring.keys.filter(
    (key) => at < key.retiresAt + maxTokenLifetimeSeconds + CLOCK_LEEWAY_SECONDS,
  )
  return { keys }
}
