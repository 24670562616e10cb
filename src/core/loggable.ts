/**
 * Converts text from a caller into a form that may be logged: a name from a fixed list, or the
 * start of its SHA-256. Otherwise a caller could write secrets or text of its choice into the log
 * (LOG-01, LOG-03).
 */
import { sha256Hex } from '../web/sha256.ts'
import { LOG_HASH_CHARACTERS } from './limits.ts'
import { INCOMING_ALGORITHMS } from './providers/profile.ts'

/** Algorithm names that the log shows, whether accepted or not. */
const ALGORITHMS = [
  ...INCOMING_ALGORITHMS,
  'none',
  'HS256',
  'HS384',
  'HS512',
  'ES256K',
  'Ed448',
] as const
/** Token types that the log shows: in lower case without `application/`, as `peek` reads them. */
const TYPES = [
  'jwt',
  'jose',
  'at+jwt',
  'dpop+jwt',
  'logout+jwt',
  'secevent+jwt',
  'token-introspection+jwt',
  'client-authentication+jwt',
  'oauth-id-jag+jwt',
] as const

/** `other` is any name outside the list. Null means that there is no name. */
type LoggableName<Names extends readonly string[]> = Names[number] | 'other' | null
export type LoggableAlgorithm = LoggableName<typeof ALGORITHMS>
export type LoggableType = LoggableName<typeof TYPES>

export function loggableAlgorithm(alg: unknown): LoggableAlgorithm {
  return pick(ALGORITHMS, alg)
}

export function loggableType(typ: string | null): LoggableType {
  return pick(TYPES, typ)
}

/**
 * Returns the start of the hash, which `printf %s TEXT | sha256sum` also prints. Null if there is
 * no text.
 */
export function loggableHash(text: string | undefined): string | null {
  return text === undefined ? null : sha256Hex(text).slice(0, LOG_HASH_CHARACTERS)
}

/** Describes the key that a token names. */
export function describeKey({
  alg,
  kid,
}: {
  readonly alg: string
  readonly kid: string | undefined
}) {
  return { alg: loggableAlgorithm(alg), keyIdHash: loggableHash(kid) }
}

function pick<const Names extends readonly string[]>(
  names: Names,
  value: unknown,
): LoggableName<Names> {
  if (value === undefined || value === null) return null
  return names.find((name) => name === value) ?? 'other'
}
