/**
 * Reads the members of a JSON Web Key in the forms that issuers really publish: padded or standard
 * base64, leading zero octets, members without a value. Unambiguous values are converted to the
 * form of RFC 7518 §6. The callers decide which keys are acceptable.
 */
import { toHex } from '../web/bytes.ts'

/** A JSON object from another party. */
export type JwkRecord = Readonly<Record<string, unknown>>

/** Members of private and symmetric keys (RFC 7518 §6.2.2, §6.3.2, §6.4). */
export const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const

/**
 * Reads an own member. Some serializers write an absent member as null, an empty string or an empty
 * list.
 */
export function readJwkMember(entry: JwkRecord, name: string): unknown {
  const value = Object.hasOwn(entry, name) ? entry[name] : undefined
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0)
  return isEmpty ? undefined : value
}

/** RFC 7517 §4.2 defines `sig`. Concourse publishes `sign`, and a few libraries write capitals. */
const SIGNATURE_USES = ['sig', 'sign', 'signature']

/** Whether a published `use` means that the key is for signatures. */
export function isSignatureUse(use: unknown): boolean {
  return typeof use === 'string' && SIGNATURE_USES.includes(use.toLowerCase())
}

/** Returns the first member that belongs to a private or symmetric key, or undefined. */
export function findSecretMember(entry: JwkRecord): string | undefined {
  return SECRET_MEMBERS.find((name) => readJwkMember(entry, name) !== undefined)
}

/** Returns the octets of a number without leading zero octets. The number zero has none. */
export function trimZeros(octets: Uint8Array): Uint8Array {
  const first = octets.findIndex((octet) => octet !== 0)
  return first === -1 ? new Uint8Array() : octets.subarray(first)
}

/**
 * Returns a number in exactly `length` octets (RFC 7518 §6.2.1.2). Some issuers omit leading zero
 * octets, or add one as a sign. Undefined if the number needs more octets.
 */
export function padOctets(octets: Uint8Array, length: number): Uint8Array | undefined {
  const number = trimZeros(octets)
  if (number.byteLength > length) return undefined
  const padded = new Uint8Array(length)
  padded.set(number, length - number.byteLength)
  return padded
}

/** Returns the number of bits of an unsigned number. */
export function countBits(octets: Uint8Array): number {
  const [first, ...rest] = trimZeros(octets)
  return first === undefined ? 0 : rest.length * 8 + (32 - Math.clz32(first))
}

/** The prime 2^255 - 19 of the field (RFC 8032 §5.1). */
export const ED25519_P = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffedn

/** Returns the coordinate y of an encoded point (RFC 8032 §5.1.2), without the sign of x. */
export function readEd25519Y(octets: Uint8Array): bigint {
  return BigInt.asUintN(255, BigInt(`0x0${toHex(octets.toReversed())}`))
}

/**
 * Whether the encoded point has order 1, 2, 4 or 8, in any of its encodings. With such a key, one
 * signature verifies for any message (KEY-07), and WebCrypto runtimes accept it.
 */
export function hasSmallOrder(octets: Uint8Array): boolean {
  const y = readEd25519Y(octets)
  const y2 = y * y
  // y² is 1 at orders 1 and 2, and 0 at order 4. At order 8, x² is -y² in the equation of the curve,
  // whose d is -121665/121666.
  const order8 = 121665n * y2 * y2 - 121666n * (2n * y2 - 1n)
  return ((y2 - 1n) * y2 * order8) % ED25519_P === 0n
}
