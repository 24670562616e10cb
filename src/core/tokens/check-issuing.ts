/**
 * Checks the coarse revocations before a token is issued. One that stops issuing denies the request,
 * and another key signs in place of a revoked one. A subject token that is older than a revocation
 * of its subject or issuer is not accepted either.
 */
import { type CoarseName, EVERYTHING } from '../../protocol/revocations.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import type { Denial } from '../denial.ts'
import type { Issuance, Revocations } from '../ports.ts'

/** What is about to be issued. `isForGateway`: it is for the admin API. */
type PlannedToken = Pick<Issuance, 'identity' | 'subject' | 'rule'> & {
  /** If the subject token is a token of this gateway. */
  readonly parent: { readonly descent: NonNullable<Issuance['descent']> } | undefined
  readonly isForGateway: boolean
}

export type IsRevokedKey = (keyId: string) => boolean

/** Returns which keys must not sign. Throws `Unavailable` if the log must be asked and fails. */
export async function checkIssuing(
  { findCoarse }: Revocations,
  planned: PlannedToken,
  at: number,
): Promise<Result<IsRevokedKey, Denial>> {
  const { identity, parent } = planned
  const { iss, sub } = parent?.descent.origin ?? { iss: identity.issuer, sub: identity.subject }
  const { iat: issuedAt } = identity.claims
  const names: readonly CoarseName[] = [
    ['issuer', iss],
    ['subject', sub],
    ['subject', planned.subject],
    ['rule', planned.rule],
    ['key', undefined],
    ['all', EVERYTHING],
  ]
  const keys = new Set<string>()
  for (const { grain, id, before, stops, expires_at: endsAt } of await findCoarse(names)) {
    if (at >= endsAt) continue
    if (grain === 'key') {
      if (stops) keys.add(id)
      continue
    }
    // Otherwise nobody could sign in to lift it. Admin tokens issued before are revoked.
    if (grain === 'all' && planned.isForGateway) continue
    if (stops) return fail({ reason: 'issuing_stopped', facts: { grain } })
    const isOfSubject = grain === 'issuer' || grain === 'subject'
    if (!isOfSubject || parent !== undefined) continue
    // A token that does not say when it was issued may be an old one.
    if (typeof issuedAt !== 'number' || issuedAt < before) {
      return fail({ reason: 'subject_token_revoked', facts: { grain } })
    }
  }
  return ok((keyId) => keys.has(keyId))
}
