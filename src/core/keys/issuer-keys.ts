/**
 * The key set of an issuer: which of its entries can be used, and what is wrong with the others.
 * One entry is read in `public-key.ts`. The trust store fetches and keeps key sets;
 * `subject/keys.ts` chooses a key for a token.
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
   * Epoch seconds of the last successful fetch; uploaded keys have null and do not age. With no
   * keys: of the fetch that showed none.
   */
  readonly fetchedAt: number | null
  /** Grows by one with every stored change of the set. */
  readonly version: number
}

/** A key set, and those of its entries that cannot be used. */
export type KeySet = {
  readonly keys: readonly PublicKey[]
  readonly unusable: readonly KeyFault[]
}

export type KeySetFault =
  | { readonly fault: 'not_a_key_set' }
  | { readonly fault: 'too_many_keys'; readonly keyCount: number }

/** RFC 7517 §5: an entry that cannot be used does not spoil the set. */
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

/** What somebody should look at in a key set. */
export type KeySetAlert = 'private_key_published' | 'well_known_key_published' | 'keys_unusable'

const ALERTS: Partial<Record<KeyFaultCode, KeySetAlert>> = {
  private: 'private_key_published',
  well_known: 'well_known_key_published',
  // Keys for another use, or of a type that we do not read, are usual beside good ones: no alert.
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

/** Each alert once. */
export function findKeySetAlerts(unusable: readonly KeyFault[]): readonly KeySetAlert[] {
  return [...new Set(unusable.flatMap(({ code }) => ALERTS[code] ?? []))]
}

/** A sentence about one key: `key 2 ("kid"): "n" must be odd`. */
export function describeKeyFault({ index, kid, member, code }: KeyFault): string {
  const name = kid === undefined ? '' : ` (${JSON.stringify(kid)})`
  const place = member === undefined ? '' : `${JSON.stringify(member)} `
  return `key ${index}${name}: ${place}${KEY_FAULTS[code]}`
}
