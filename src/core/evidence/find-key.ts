/**
 * The key that may prove a subject token: from memory if possible, else after one question to the
 * trust store. `verify.ts` verifies with it.
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

/** Throws `Unavailable` while nobody can say which keys the issuer has. */
export async function findKey(question: KeyQuestion): Promise<Result<PublicKey, Denial>> {
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
  if (key !== undefined) return ok(key)
  const refreshed = await question.refreshKeys(issuer.keySource, token.kid)
  if (refreshed === undefined || !isUsable(refreshed, question)) {
    throw new Unavailable('issuer_keys')
  }
  return judge(refreshed.keys, token)
}

/**
 * Another key for a token whose signature did not hold under `rejected`: an issuer may have put a
 * new key under an old `kid`. Undefined when the issuer's key set is still the same.
 */
export async function findReplacedKey(
  question: KeyQuestion,
  rejected: PublicKey,
): Promise<PublicKey | undefined> {
  const { token, issuer, view, refreshKeys } = question
  // A set that this request has just asked for is as new as it can be.
  const known = view.keys.get(issuer.keySource)
  if (issuer.uploadedKeys !== undefined || known === undefined) return undefined
  if (select(known.keys, token) !== rejected) return undefined
  const refreshed = await refreshKeys(issuer.keySource, token.kid, known.version)
  if (refreshed === undefined || refreshed.version === known.version) return undefined
  return isUsable(refreshed, question) ? select(refreshed.keys, token) : undefined
}

/** An empty set is no matter of this token, and asking again soon brings the same. */
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
      // The clock was set back after this fetch, so the age of the keys is unknown (NET-14).
      fetchedAt <= receivedAt + CLOCK_LEEWAY_SECONDS)
  )
}
