/**
 * Finds the key that may verify a subject token: in memory if possible, otherwise with one request
 * to the trust store. `verify.ts` checks the signature.
 */

import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { IssuerKeys, PublicKey } from '../keys/issuer-keys.ts'
import { CLOCK_LEEWAY_SECONDS } from '../limits.ts'
import { describeKey, loggableAlgorithm } from '../loggable.ts'
import type { TrustedIssuer } from '../policy/compile/compiled.ts'
import { type RefreshKeys, Unavailable } from '../ports.ts'
import type { TrustView } from '../trust-view.ts'
import type { UntrustedToken } from './peek.ts'
import { selectKey } from './select-key.ts'

export type KeyQuestion = {
  readonly token: UntrustedToken
  readonly issuer: TrustedIssuer
  readonly view: TrustView
  readonly issuerKeysMaxStaleSeconds: number
  readonly refreshKeys: RefreshKeys
  /** Epoch seconds. */
  readonly receivedAt: number
}

/** Finds the key. Throws `Unavailable` if the issuer's current keys are not known. */
export function findKey(
  question: KeyQuestion,
): Result<PublicKey, Denial> | Promise<Result<PublicKey, Denial>> {
  const { token, issuer, view, receivedAt } = question
  const isAllowed = issuer.profile.algorithms.some((allowed) => allowed === token.alg)
  if (!isAllowed) {
    const facts = { alg: loggableAlgorithm(token.alg), allowed: issuer.profile.algorithms }
    return deny({ reason: 'algorithm_not_allowed', facts })
  }
  if (issuer.uploadedKeys !== undefined) {
    if (receivedAt >= issuer.uploadedKeysEnd) throw new Unavailable('issuer_keys')
    return judge(issuer.uploadedKeys, token)
  }
  const known = view.keys.get(issuer.keySource)
  const key =
    known !== undefined && isUsable(known, question) ? select(known.keys, token) : undefined
  return key === undefined ? askForKey(question) : ok(key)
}

async function askForKey(question: KeyQuestion): Promise<Result<PublicKey, Denial>> {
  const { token, issuer } = question
  const refreshed = await question.refreshKeys(issuer.keySource, token.kid)
  if (refreshed === undefined || !isUsable(refreshed, question)) {
    throw new Unavailable('issuer_keys')
  }
  return judge(refreshed.keys, token)
}

/**
 * Finds another key for a token whose signature did not verify with `rejected`, because an issuer
 * may reuse a `kid` for a new key. Undefined if the issuer's key set has not changed.
 */
export async function findReplacedKey(
  question: KeyQuestion,
  rejected: PublicKey,
): Promise<PublicKey | undefined> {
  const { token, issuer, view, refreshKeys } = question
  // A set that this request has just fetched is current.
  const known = view.keys.get(issuer.keySource)
  if (issuer.uploadedKeys !== undefined || known === undefined) return undefined
  if (select(known.keys, token) !== rejected) return undefined
  const refreshed = await refreshKeys(issuer.keySource, token.kid, known.version)
  if (refreshed === undefined || refreshed.version === known.version) return undefined
  return isUsable(refreshed, question) ? select(refreshed.keys, token) : undefined
}

/** Selects the key from a current set. An empty set is a fault of the issuer, not of this token. */
function judge(keys: readonly PublicKey[], token: UntrustedToken): Result<PublicKey, Denial> {
  if (keys.length === 0) return deny({ reason: 'issuer_keys_unusable' })
  const key = select(keys, token)
  if (key !== undefined) return ok(key)
  const facts = { ...describeKey(token), keys: keys.length }
  return deny({ reason: 'key_unknown', facts })
}

function select(keys: readonly PublicKey[], { alg, kid }: UntrustedToken): PublicKey | undefined {
  return selectKey(keys, kid === undefined ? { alg } : { alg, kid })
}

function isUsable(
  { fetchedAt }: IssuerKeys,
  { receivedAt, issuerKeysMaxStaleSeconds }: KeyQuestion,
): boolean {
  return (
    fetchedAt === null ||
    (receivedAt - fetchedAt <= issuerKeysMaxStaleSeconds + CLOCK_LEEWAY_SECONDS &&
      // A fetch time in the future has unknown age, because the clock was set back (NET-14).
      fetchedAt <= receivedAt + CLOCK_LEEWAY_SECONDS)
  )
}
