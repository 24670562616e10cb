/**
 * Reads the key set of an issuer: the usable entries, and what is wrong with the others.
 * `public-key.ts` reads one entry. The trust store fetches and stores key sets;
 * `evidence/select-key.ts` selects a key for a token.
 */
import { isJsonObject } from '../../web/json.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { KEY_SET_MAX_KEYS } from '../limits.ts'
import {
  isPublicKey,
  KEY_FAULTS,
  type KeyFault,
  type KeyFaultCode,
  type PublicKey,
  type ReadKeyOptions,
  readPublicKey,
} from './public-key.ts'

export { isKeyId, type KeyFault, type PublicKey } from './public-key.ts'

export type IssuerKeys = {
  readonly keys: readonly PublicKey[]
  /**
   * Epoch seconds of the last successful fetch, even if it returned no keys. Null for uploaded
   * keys, which do not age.
   */
  readonly fetchedAt: number | null
  /** Grows by one with every stored change of the set. */
  readonly version: number
}

/** The usable keys of a set, and the faults of the other entries. */
export type KeySet = {
  readonly keys: readonly PublicKey[]
  readonly unusable: readonly KeyFault[]
}

export type KeySetFault =
  | { readonly fault: 'not_a_key_set' }
  | { readonly fault: 'too_many_keys'; readonly keyCount: number }

/** Reads a key set. An unusable entry does not make the set invalid (RFC 7517 §5). */
export function readKeySet(
  document: unknown,
  { kind = 'jwks', isStrict = false }: Partial<ReadKeyOptions> = {},
): Result<KeySet, KeySetFault> {
  if (!isJsonObject(document) || !Array.isArray(document.keys)) {
    return fail({ fault: 'not_a_key_set' })
  }
  const keyCount = document.keys.length
  if (keyCount > KEY_SET_MAX_KEYS) return fail({ fault: 'too_many_keys', keyCount })
  const entries = document.keys.map((entry, index) =>
    readPublicKey(entry, index, { kind, isStrict }),
  )
  return ok({
    keys: Object.freeze(entries.filter(isPublicKey)),
    unusable: entries.flatMap((entry) => (isPublicKey(entry) ? [] : entry)),
  })
}

/** A problem in a key set that an operator should look at. */
export type KeySetAlert = 'private_key_published' | 'well_known_key_published' | 'keys_unusable'

const ALERTS: Partial<Record<KeyFaultCode, KeySetAlert>> = {
  private: 'private_key_published',
  well_known: 'well_known_key_published',
  // Keys for another use or of an unsupported type are common beside usable ones, so they cause no
  // alert.
  not_an_object: 'keys_unusable',
  key_ops_malformed: 'keys_unusable',
  kid_malformed: 'keys_unusable',
  kid_missing: 'keys_unusable',
  not_base64: 'keys_unusable',
  modulus_size: 'keys_unusable',
  modulus_even: 'keys_unusable',
  exponent: 'keys_unusable',
  coordinate_size: 'keys_unusable',
  off_curve: 'keys_unusable',
  weak_point: 'keys_unusable',
}

/** Returns the alerts for these faults, each once. */
export function findKeySetAlerts(unusable: readonly KeyFault[]): readonly KeySetAlert[] {
  return [...new Set(unusable.flatMap(({ code }) => ALERTS[code] ?? []))]
}

/** Describes the fault of one key, such as `key 2 ("kid"): "n" must be odd`. */
export function describeKeyFault({ index, kid, member, code }: KeyFault): string {
  const name = kid === undefined ? '' : ` (${JSON.stringify(kid)})`
  const place = member === undefined ? '' : `${JSON.stringify(member)} `
  return `key ${index}${name}: ${place}${KEY_FAULTS[code]}`
}
