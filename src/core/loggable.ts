/**
 * What the log may hold of a text that a caller chose: a name from a list of ours, or the start of
 * its SHA-256. Otherwise a token could carry a secret or text of its own choice into the log (LOG-01,
 * LOG-03).
 */
import { sha256Hex } from '../web/sha256.ts'
import { LOG_HASH_CHARACTERS } from './limits.ts'
import { INCOMING_ALGORITHMS } from './providers/profile.ts'

/** Names that are worth telling apart in the log, accepted or not. */
const ALGORITHMS = [
  ...INCOMING_ALGORITHMS,
  'none',
  'HS256',
  'HS384',
  'HS512',
  'ES256K',
  'Ed448',
] as const
/** In lower case without `application/`, as `peek` reads them. */
const TYPES = [
  'jwt',
  'jose',
  'at+jwt',
  'dpop+jwt',
  'logout+jwt',
  'secevent+jwt',
  'token-introspection+jwt',
] as const

/** `other` stands for every name outside the list, null for none. */
type LoggableName<Names extends readonly string[]> = Names[number] | 'other' | null
export type LoggableAlgorithm = LoggableName<typeof ALGORITHMS>
export type LoggableType = LoggableName<typeof TYPES>

export function loggableAlgorithm(alg: unknown): LoggableAlgorithm {
  return pick(ALGORITHMS, alg)
}

export function loggableType(typ: string | null): LoggableType {
  return pick(TYPES, typ)
}

/** To compare with `printf %s TEXT | sha256sum`. Null for a text that is absent. */
export function loggableHash(text: string | undefined): string | null {
  return text === undefined ? null : sha256Hex(text).slice(0, LOG_HASH_CHARACTERS)
}

/** Which key a token asks for. */
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
