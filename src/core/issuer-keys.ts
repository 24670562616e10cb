/**
 * The key set of an issuer: which of its entries can be used at all. Fetching and keeping them is
 * the trust store's work, choosing one for a token that of `subject/keys.ts`.
 */
import { KEY_SET_MAX_KEYS, MAX_KEY_ID_CHARACTERS, MAX_RSA_BITS, MIN_RSA_BITS } from './limits.ts'
import { isWellKnownKey } from './well-known-keys.ts'

/** A public key as an issuer publishes it, with only the members that we read. */
export type PublicKey = {
  readonly kty: 'RSA' | 'EC'
  readonly kid?: string
  readonly alg?: string
  readonly crv?: string
  readonly n?: string
  readonly e?: string
  readonly x?: string
  readonly y?: string
}

export type IssuerKeys = {
  readonly keys: readonly PublicKey[]
  /** Epoch seconds of the last successful fetch; uploaded keys have null and do not age. */
  readonly fetchedAt: number | null
  /** Grows by one with every stored change of the set. */
  readonly version: number
}

/** What marks a key of it as one for signing tokens. */
export type KeySetKind = 'jwks' | 'spiffe_bundle'

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const
const CURVES = ['P-256', 'P-384', 'P-521'] as const
const BASE64URL = /^[A-Za-z0-9_-]+$/

/**
 * The usable entries of a key set (RFC 7517 §5: what cannot be used is skipped, it does not spoil
 * the set). Undefined when the document is not a key set at all.
 */
export function parseKeySet(
  document: unknown,
  kind: KeySetKind = 'jwks',
): readonly PublicKey[] | undefined {
  if (!isRecord(document) || !Array.isArray(document.keys)) return undefined
  if (document.keys.length > KEY_SET_MAX_KEYS) return undefined
  return Object.freeze(document.keys.flatMap((entry) => parsePublicKey(entry, kind) ?? []))
}

/** What somebody should look at in a key set, besides what is merely skipped. */
export type KeySetAlert = 'private_key_published' | 'well_known_key_published'

export function findKeySetAlerts(document: unknown): readonly KeySetAlert[] {
  const keys = isRecord(document) && Array.isArray(document.keys) ? document.keys : []
  const entries = keys.filter(isRecord)
  return [
    ...(entries.some(isPrivate) ? (['private_key_published'] as const) : []),
    ...(entries.some(isWellKnownKey) ? (['well_known_key_published'] as const) : []),
  ]
}

function isPrivate(entry: Readonly<Record<string, unknown>>): boolean {
  return PRIVATE_MEMBERS.some((member) => Object.hasOwn(entry, member))
}

/** Keys of a SPIFFE bundle say that they are for JWT-SVIDs, or they are for something else (SP-04). */
function isMeantFor(use: unknown, kind: KeySetKind): boolean {
  if (kind === 'spiffe_bundle') return use === 'jwt-svid'
  return use === undefined || use === 'sig'
}

function parsePublicKey(entry: unknown, kind: KeySetKind): PublicKey | undefined {
  if (!isRecord(entry)) return undefined
  // A published private key is nobody's identity any more (KEY-08).
  if (isPrivate(entry)) return undefined
  // Nor is one whose private half is printed in a standard or by a debugger (KEY-09).
  if (isWellKnownKey(entry)) return undefined
  if (!isMeantFor(entry.use, kind)) return undefined
  if (entry.key_ops !== undefined && !isListWith(entry.key_ops, 'verify')) return undefined
  if (entry.alg !== undefined && typeof entry.alg !== 'string') return undefined
  if (entry.kid !== undefined && !isKeyId(entry.kid)) return undefined
  const common = {
    ...(typeof entry.kid === 'string' ? { kid: entry.kid } : {}),
    ...(typeof entry.alg === 'string' ? { alg: entry.alg } : {}),
  }
  if (entry.kty === 'RSA') {
    if (!isBase64Url(entry.n) || !isAcceptedModulus(entry.n)) return undefined
    // Small or even exponents make forgery cheap (KEY-05); every platform uses 65537.
    if (entry.e !== 'AQAB') return undefined
    return Object.freeze({ ...common, kty: 'RSA', n: entry.n, e: entry.e })
  }
  if (entry.kty === 'EC') {
    const crv = CURVES.find((curve) => curve === entry.crv)
    if (crv === undefined) return undefined
    if (!isBase64Url(entry.x) || !isBase64Url(entry.y)) return undefined
    return Object.freeze({ ...common, kty: 'EC', crv, x: entry.x, y: entry.y })
  }
  return undefined
}

export function isKeyId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= MAX_KEY_ID_CHARACTERS &&
    /^[\x20-\x7e]+$/.test(value)
  )
}

function isAcceptedModulus(n: string): boolean {
  const bits = Math.floor((n.length * 6) / 8) * 8
  return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS
}

function isBase64Url(value: unknown): value is string {
  return typeof value === 'string' && BASE64URL.test(value)
}

function isListWith(value: unknown, wanted: string): boolean {
  return Array.isArray(value) && value.includes(wanted)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
