/**
 * Reads the members of a JSON Web Key in the forms that issuers really publish: padded or standard
 * base64, leading zero octets, members without a value. Unambiguous values are converted to the
 * form of RFC 7518 §6. The callers decide which keys are acceptable.
 */

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
