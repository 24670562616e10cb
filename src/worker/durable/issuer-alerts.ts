/**
 * What a fetch of an issuer's keys says to a person, beyond that it failed or changed something:
 * each is a sign of somebody else at work, or of an issuer that has lost its keys.
 */
import type { KeySetAlert } from '../../core/issuer-keys.ts'
import type { FetchedKeys, KeyFetchFault } from './fetch-issuer-keys.ts'
import type { KeyChange } from './issuer-keys.ts'

export type IssuerAlert =
  | KeySetAlert
  | 'every_key_replaced'
  | 'jwks_uri_elsewhere'
  | 'issuer_mismatch'
  | 'empty_key_set'
  | 'bundle_went_back'

/** Faults that are more than an outage. */
const ALARMING: Partial<Record<KeyFetchFault, IssuerAlert>> = {
  jwks_uri_refused: 'jwks_uri_elsewhere',
  issuer_mismatch: 'issuer_mismatch',
  no_usable_key: 'empty_key_set',
  bundle_went_back: 'bundle_went_back',
}

export function alertsOf(
  fetched: FetchedKeys,
  change: KeyChange | undefined,
): readonly IssuerAlert[] {
  const ofFault = fetched.ok ? undefined : ALARMING[fetched.fault]
  const isEmptied = fetched.ok && fetched.keys.length === 0
  return [
    ...fetched.alerts,
    ...(ofFault === undefined ? [] : [ofFault]),
    ...(isEmptied ? (['empty_key_set'] as const) : []),
    ...(change?.isComplete === true && !isEmptied ? (['every_key_replaced'] as const) : []),
  ]
}
