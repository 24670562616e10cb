/**
 * The words of the Token Status List (draft-ietf-oauth-status-list-20), and the position of a token
 * in a list. The gateway writes them and the verifier reads them. The draft may still change.
 */

import { PATHS } from '../paths.ts'

/** The header `typ` of a signed list (SL-05). No API accepts one as an access token. */
export const STATUS_LIST_TYP = 'statuslist+jwt'
export const STATUS_LIST_CONTENT_TYPE = `application/${STATUS_LIST_TYP}`

/**
 * The entries of one list of the gateway. A list of this size is 128 KiB before compression, and
 * hides one request among those for a million tokens.
 */
export const STATUS_LIST_ENTRIES = 2 ** 20

/** The claim `status` of a token (SL-08). */
export type TokenStatus = { readonly status_list: { readonly idx: number; readonly uri: string } }

/** `list` is the name of the list: four characters of base64url. */
export type StatusPosition = { readonly list: string; readonly index: number }

/** The lists have numbers below this: one name has four characters, which are 24 bits. */
export const STATUS_LIST_NUMBERS = 2 ** 24

/** The position in a `jti`: the name of the list and, in the same form, the index. */
export const POSITION_CHARACTERS = 8
const NAME_CHARACTERS = POSITION_CHARACTERS / 2
/** The characters of a `jti` with a position: those of the position come first. */
const PLACED_ID = /^[\w-]{30}$/

/** Whether a list can have this name. */
export function isStatusListName(text: string): boolean {
  return /^[\w-]{4}$/.test(text)
}

/** Returns the name of a list from its number. */
export function nameStatusList(number: number): string {
  return encode24(number)
}

export function numberOfStatusList(name: string): number {
  return decode24(name)
}

export function formatPosition({ list, index }: StatusPosition): string {
  return list + encode24(index)
}

/** Reads the position of a token from its `jti`. Undefined if the token has none. */
export function readPosition(jti: string): StatusPosition | undefined {
  if (!PLACED_ID.test(jti)) return undefined
  const index = decode24(jti.slice(NAME_CHARACTERS, POSITION_CHARACTERS))
  return index < STATUS_LIST_ENTRIES ? { list: jti.slice(0, NAME_CHARACTERS), index } : undefined
}

/** Returns the URI of a list. The name is its last segment. */
export function statusListUri(issuer: string, list: string): string {
  return issuer + PATHS.statusList.replace('{list}', list)
}

/** Returns the URI of another list of the same gateway. */
export function siblingListUri(uri: string, list: string): string {
  return uri.slice(0, -NAME_CHARACTERS) + list
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function encode24(value: number): string {
  return [18, 12, 6, 0].map((shift) => DIGITS.charAt((value >> shift) & 63)).join('')
}

function decode24(text: string): number {
  let value = 0
  for (const character of text) value = value * 64 + DIGITS.indexOf(character)
  return value
}

/** The statuses that this release knows (SL-13). Every other one refuses the token. */
export const STATUS_VALID = 0

/** The widths of one entry in bits (SL-01). The gateway uses 1. */
const WIDTHS: readonly unknown[] = [1, 2, 4, 8]
export type StatusBits = 1 | 2 | 4 | 8

export function isStatusBits(value: unknown): value is StatusBits {
  return WIDTHS.includes(value)
}

/** Reads the status at an index. Undefined if the list has no such index (SL-02, SL-18). */
export function readStatus(bytes: Uint8Array, bits: StatusBits, index: number): number | undefined {
  const byte = bytes[Math.floor((index * bits) / 8)]
  return byte === undefined ? undefined : (byte >> ((index * bits) % 8)) & (2 ** bits - 1)
}

/** Marks an index of a list with one bit per entry as INVALID. */
export function setInvalid(bytes: Uint8Array, index: number): void {
  const at = index >> 3
  bytes[at] = (bytes[at] ?? 0) | (1 << (index & 7))
}
