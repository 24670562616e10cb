/**
 * Finds alerts in the result of a key fetch. An alert is a sign that someone else controls the
 * address of the issuer, or that the issuer has lost its keys.
 */

import type { UnusableKey } from '../../../../contract/admin.ts'
import {
  findKeySetAlerts,
  type KeyFault,
  type KeySetAlert,
} from '../../../../core/keys/issuer-keys.ts'
import { KEY_FAULTS } from '../../../../core/keys/public-key.ts'
import type { KeyChange } from '../issuer-keys.ts'
import type { FetchedKeys, KeyFetchFault } from './fetch-issuer-keys.ts'

type IssuerAlert =
  | KeySetAlert
  | 'every_key_replaced'
  | 'jwks_uri_elsewhere'
  | 'issuer_mismatch'
  | 'empty_key_set'
  | 'too_many_keys'
  | 'bundle_went_back'

/** An alert with its details. */
export type IssuerAlertDetail = {
  readonly alert: IssuerAlert
  /** For `jwks_uri_elsewhere`: the host and port that were refused. */
  readonly host?: string
  /** For `keys_unusable` and `empty_key_set`: the unusable keys and their reasons. */
  readonly keys?: readonly UnusableKey[]
}

/** Faults that an outage does not explain. */
const ALARMING: Partial<Record<KeyFetchFault, IssuerAlert>> = {
  jwks_uri_refused: 'jwks_uri_elsewhere',
  issuer_mismatch: 'issuer_mismatch',
  no_usable_key: 'empty_key_set',
  too_many_keys: 'too_many_keys',
  bundle_went_back: 'bundle_went_back',
}

/** `isNews`: whether the unusable keys differ from those of the last fetch. */
export function alertsOf(
  fetched: FetchedKeys,
  change: KeyChange | undefined,
  isNews: boolean,
): readonly IssuerAlertDetail[] {
  const ofFault = fetched.ok ? undefined : ALARMING[fetched.fault]
  const isEmptied = fetched.ok && fetched.keys.length === 0
  const ofKeys = findKeySetAlerts(fetched.unusable).filter(
    (alert) => alert !== 'keys_unusable' || (isNews && ofFault === undefined && !isEmptied),
  )
  const alerts: readonly IssuerAlert[] = [
    ...ofKeys,
    ...(ofFault === undefined ? [] : [ofFault]),
    ...(isEmptied ? (['empty_key_set'] as const) : []),
    ...(change?.isComplete === true && !isEmptied ? (['every_key_replaced'] as const) : []),
  ]
  const host = fetched.ok ? undefined : fetched.detail.offeredHost
  const keys = fetched.unusable.map(describeUnusable)
  return alerts.map((alert) => ({
    alert,
    ...(alert === 'jwks_uri_elsewhere' && host !== undefined ? { host } : {}),
    ...(ABOUT_KEYS.includes(alert) && keys.length > 0 ? { keys } : {}),
  }))
}

const ABOUT_KEYS: readonly IssuerAlert[] = ['keys_unusable', 'empty_key_set']

/** Describes an unusable key for the log and the admin API. */
export function describeUnusable({ index, kid, member, code }: KeyFault): UnusableKey {
  return { index, kid: kid ?? null, member: member ?? null, reason: KEY_FAULTS[code] }
}
