/**
 * Reads one entry of a key set. The result is a public key that can verify signatures, or the
 * member that makes the entry unusable and why. `issuer-keys.ts` reads the whole set.
 */

import {
  countBits,
  findSecretMember,
  isSignatureUse,
  type JwkRecord,
  padOctets,
  readJwkMember,
  trimZeros,
} from '../../protocol/jwk.ts'
import { decodeBase64, encodeBase64Url } from '../../web/base64.ts'
import { isJsonObject } from '../../web/json.ts'
import { MIN_RSA_BITS } from '../../web/limits.ts'
import { MAX_KEY_ID_CHARACTERS, MAX_RSA_BITS } from '../limits.ts'
import { coordinateOctets, EC_CURVES, isEd25519Key, isOnCurve } from './elliptic.ts'
import { isWellKnownKey } from './well-known-keys.ts'

/** A public key that an issuer publishes, with only the members that this gateway uses. */
export type PublicKey = {
  readonly kty: 'RSA' | 'EC' | 'OKP'
  readonly kid?: string
  readonly alg?: string
  readonly crv?: string
  readonly n?: string
  readonly e?: string
  readonly x?: string
  readonly y?: string
}

/** The kind of key set. It decides which `use` marks a key for signing tokens. */
type KeySetKind = 'jwks' | 'spiffe_bundle'

/** Why a key is unusable. The texts contain no part of the key. */
export const KEY_FAULTS = {
  not_an_object: 'is not a JSON object',
  private: 'belongs to a private or symmetric key',
  well_known: 'belongs to a key whose private half is printed in a standard',
  other_use: 'says that the key is for another use',
  key_ops_malformed: 'must be a list of different strings',
  kid_malformed: `must be 1 to ${MAX_KEY_ID_CHARACTERS} printable ASCII characters`,
  kid_missing: 'is missing: each key of a SPIFFE bundle must have one',
  kty_unsupported: 'must be RSA, EC or OKP',
  crv_unsupported: 'must be P-256, P-384 or P-521, or Ed25519 with kty OKP',
  alg_mismatch: 'is not a signature algorithm for a key of this type',
  not_base64: 'is missing or not base64url',
  modulus_size: `must have ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits without leading zeros`,
  modulus_even: 'must be odd',
  exponent: 'must be 65537',
  coordinate_size: 'is too long for the curve',
  off_curve: 'is not a point of the curve',
  weak_point: 'is not an Ed25519 public key of full order',
} as const
export type KeyFaultCode = keyof typeof KEY_FAULTS

/** A key of a set that cannot be used. */
export type KeyFault = {
  /** The index in the set, from 0. */
  readonly index: number
  readonly kid?: string
  /** The member at fault. Undefined if the entry is not an object. */
  readonly member?: string
  readonly code: KeyFaultCode
}

export type ReadKeyOptions = {
  readonly kind: KeySetKind
  /**
   * Whether to refuse malformed `key_ops` (RFC 7517 §4.3). Used for keys in a new trust document.
   */
  readonly isStrict: boolean
}

type Outcome = PublicKey | Omit<KeyFault, 'index' | 'kid'>

/** Whether the entry is a usable key. */
export function isPublicKey(outcome: PublicKey | KeyFault): outcome is PublicKey {
  return !('code' in outcome)
}

export function readPublicKey(
  entry: unknown,
  index: number,
  options: ReadKeyOptions,
): PublicKey | KeyFault {
  if (!isJsonObject(entry)) return { index, code: 'not_an_object' }
  const outcome = readEntry(entry, options)
  if (!('code' in outcome)) return Object.freeze(outcome)
  const kid = readJwkMember(entry, 'kid')
  return { index, ...(isKeyId(kid) ? { kid } : {}), ...outcome }
}

function readEntry(entry: JwkRecord, options: ReadKeyOptions): Outcome {
  // Anyone can sign with a published private key (KEY-08).
  const secret = findSecretMember(entry)
  if (secret !== undefined) return { member: secret, code: 'private' }
  if (isWellKnownKey(entry)) return { member: 'n' in entry ? 'n' : 'x', code: 'well_known' }
  const purpose = checkPurpose(entry, options)
  if (purpose !== undefined) return purpose
  const kid = readJwkMember(entry, 'kid')
  if (kid !== undefined && !isKeyId(kid)) return { member: 'kid', code: 'kid_malformed' }
  if (kid === undefined && options.kind === 'spiffe_bundle') {
    return { member: 'kid', code: 'kid_missing' }
  }
  const alg = readJwkMember(entry, 'alg')
  const material = readMaterial(entry)
  if ('code' in material) return material
  // Checked again in canonical form. Anyone can sign with the key of a published example (KEY-09).
  if (isWellKnownKey(material)) return { member: material.n ? 'n' : 'x', code: 'well_known' }
  if (alg !== undefined && !(typeof alg === 'string' && servesAlgorithm(material, alg))) {
    return { member: 'alg', code: 'alg_mismatch' }
  }
  return {
    ...(kid === undefined ? {} : { kid }),
    // EdDSA and Ed25519 name the same algorithm here (RFC 9864 §2.2), and the curve identifies it.
    ...(alg === undefined || material.kty === 'OKP' ? {} : { alg }),
    ...material,
  }
}

/**
 * Checks `use` and `key_ops`. A SPIFFE bundle also contains keys for other purposes: only keys
 * whose `use` is `jwt-svid` verify tokens (SP-04).
 */
function checkPurpose(entry: JwkRecord, { kind, isStrict }: ReadKeyOptions) {
  const use = readJwkMember(entry, 'use')
  const isMeant =
    kind === 'spiffe_bundle' ? use === 'jwt-svid' : use === undefined || isSignatureUse(use)
  if (!isMeant) return { member: 'use', code: 'other_use' } as const
  const operations = readJwkMember(entry, 'key_ops')
  if (operations === undefined) return undefined
  const isList = Array.isArray(operations)
  const isClean =
    isList &&
    operations.every((operation) => typeof operation === 'string') &&
    new Set(operations).size === operations.length
  if (!isList || (isStrict && !isClean)) {
    return { member: 'key_ops', code: 'key_ops_malformed' } as const
  }
  // `sign` belongs to the private key, but some issuers publish it with the public key.
  const isForSignatures = operations.some((name) => name === 'verify' || name === 'sign')
  return isForSignatures ? undefined : ({ member: 'key_ops', code: 'other_use' } as const)
}

function readMaterial(entry: JwkRecord): Outcome {
  switch (readJwkMember(entry, 'kty')) {
    case 'RSA':
      return readRsa(entry)
    case 'EC':
      return readEc(entry)
    case 'OKP':
      return readOkp(entry)
    default:
      return { member: 'kty', code: 'kty_unsupported' }
  }
}

function readRsa(entry: JwkRecord): Outcome {
  const n = decodeBase64(readJwkMember(entry, 'n'))
  if (n === undefined) return { member: 'n', code: 'not_base64' }
  const bits = countBits(n)
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) return { member: 'n', code: 'modulus_size' }
  if (((n.at(-1) ?? 0) & 1) === 0) return { member: 'n', code: 'modulus_even' }
  const e = decodeBase64(readJwkMember(entry, 'e'))
  if (e === undefined) return { member: 'e', code: 'not_base64' }
  const exponent = encodeBase64Url(trimZeros(e))
  // A small or even exponent makes forgery cheap (KEY-05), and every platform uses 65537.
  if (exponent !== 'AQAB') return { member: 'e', code: 'exponent' }
  return { kty: 'RSA', n: encodeBase64Url(trimZeros(n)), e: exponent }
}

function readEc(entry: JwkRecord): Outcome {
  const named = readJwkMember(entry, 'crv')
  const crv = EC_CURVES.find((curve) => curve === named)
  if (crv === undefined) return { member: 'crv', code: 'crv_unsupported' }
  const point: { x?: Uint8Array; y?: Uint8Array } = {}
  for (const member of ['x', 'y'] as const) {
    const octets = decodeBase64(readJwkMember(entry, member))
    if (octets === undefined) return { member, code: 'not_base64' }
    const coordinate = padOctets(octets, coordinateOctets(crv))
    if (coordinate === undefined) return { member, code: 'coordinate_size' }
    point[member] = coordinate
  }
  const { x = new Uint8Array(), y = new Uint8Array() } = point
  if (!isOnCurve(crv, x, y)) return { member: 'x', code: 'off_curve' }
  return { kty: 'EC', crv, x: encodeBase64Url(x), y: encodeBase64Url(y) }
}

function readOkp(entry: JwkRecord): Outcome {
  if (readJwkMember(entry, 'crv') !== 'Ed25519') return { member: 'crv', code: 'crv_unsupported' }
  const x = decodeBase64(readJwkMember(entry, 'x'))
  if (x === undefined) return { member: 'x', code: 'not_base64' }
  // This encoding has a fixed length, so leading zero octets must not be removed (RFC 8032 §5.1.2).
  if (!isEd25519Key(x)) return { member: 'x', code: 'weak_point' }
  return { kty: 'OKP', crv: 'Ed25519', x: encodeBase64Url(x) }
}

const CURVES_OF: ReadonlyMap<string, string> = new Map([
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
  ['EdDSA', 'Ed25519'],
  ['Ed25519', 'Ed25519'],
])
/** Matches signature algorithms only. RSA keys also serve encryption, such as `RSA-OAEP`. */
const RSA_SIGNATURE = /^[RP]S(?:256|384|512)$/

/** Whether this algorithm uses keys of this type and curve. */
export function servesAlgorithm({ kty, crv }: PublicKey, alg: string): boolean {
  if (kty === 'RSA') return RSA_SIGNATURE.test(alg)
  return crv !== undefined && CURVES_OF.get(alg) === crv
}

export function isKeyId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= MAX_KEY_ID_CHARACTERS &&
    /^[\x20-\x7e]+$/.test(value)
  )
}
