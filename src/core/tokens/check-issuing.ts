/**
 * Checks the coarse revocations before a token is issued. One that stops issuing denies the request,
 * and another key signs in place of a revoked one. A token of the subject or of its actor that is
 * older than a revocation of its subject or issuer is not accepted either.
 */
import { type CoarseName, EVERYTHING } from '../../protocol/revocations.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import type { Denial } from '../denial.ts'
import type { Issuance } from '../issuance.ts'
import type { Revocations } from '../revocation-ports.ts'

/** What is about to be issued. `isForGateway`: it is for the admin API. */
type PlannedToken = Pick<Issuance, 'identity' | 'subject'> & {
  /** Undefined before a rule was chosen. */
  readonly rule: string | undefined
  /** If the subject token is a token of this gateway. */
  readonly parent: { readonly descent: NonNullable<Issuance['descent']> } | undefined
  /** Who acts for the subject. `own`: its token is one of this gateway. */
  readonly actor: { readonly identity: Identity; readonly own: unknown } | undefined
  readonly isForGateway: boolean
}

type Identity = Issuance['identity']

/** The subject or the actor: the names by which a revocation can name it, and when its token began. */
type Party = {
  readonly names: readonly CoarseName[]
  /** Undefined for a token of this gateway: its own revocation was checked. */
  readonly token: { readonly issuedAt: unknown } | undefined
}

export type IsRevokedKey = (keyId: string) => boolean

/** Returns which keys must not sign. Throws `Unavailable` if the log must be asked and fails. */
export async function checkIssuing(
  { findCoarse }: Revocations,
  planned: PlannedToken,
  at: number,
): Promise<Result<IsRevokedKey, Denial>> {
  const parties = partiesOf(planned)
  const names: readonly CoarseName[] = [
    ...parties.flatMap((party) => party.names),
    ...(planned.rule === undefined ? [] : [['rule', planned.rule] as const]),
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
    // An administrator must be able to sign in and lift it. Earlier admin tokens are revoked.
    if (grain === 'all' && planned.isForGateway) continue
    if (stops) return fail({ reason: 'issuing_stopped', facts: { grain } })
    const isOld = parties
      .filter((party) => party.names.some((name) => name[0] === grain && name[1] === id))
      .some(({ token }) => token !== undefined && !isIssuedSince(token.issuedAt, before))
    if (isOld) return fail({ reason: 'subject_token_revoked', facts: { grain } })
  }
  return ok((keyId) => keys.has(keyId))
}

function partiesOf({ identity, parent, subject, actor }: PlannedToken): readonly Party[] {
  const { iss, sub } = parent?.descent.origin ?? { iss: identity.issuer, sub: identity.subject }
  const ofSubject: Party = {
    names: [
      ['issuer', iss],
      ['subject', sub],
      ['subject', subject],
    ],
    token: parent === undefined ? { issuedAt: identity.claims.iat } : undefined,
  }
  if (actor === undefined) return [ofSubject]
  const ofActor: Party = {
    names: [
      ['issuer', actor.identity.issuer],
      ['subject', actor.identity.subject],
    ],
    token: actor.own === undefined ? { issuedAt: actor.identity.claims.iat } : undefined,
  }
  return [ofSubject, ofActor]
}

/** A token that does not say when it was issued may be an old one. */
function isIssuedSince(issuedAt: unknown, before: number): boolean {
  return typeof issuedAt === 'number' && issuedAt >= before
}
