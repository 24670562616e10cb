/**
 * What an exchange asks of stores: the limit of a subject, the mark of a token, and the record of the
 * decision.
 */
import type { DecisionEvidence } from '../decisions/build-record.ts'
import type { VerifiedIdentity } from '../evidence/identity.ts'
import type { UntrustedToken } from '../evidence/peek.ts'
import { replayKey } from '../evidence/replay-key.ts'
import { CLOCK_LEEWAY_SECONDS, REPLAY_MARGIN_SECONDS } from '../limits.ts'
import type { Grant } from '../policy/compile/compiled.ts'
import type { AdmitSubject, ClaimReplay, RecordDecision, Sha256 } from '../ports.ts'
import { describeDecision, type Facts } from './facts.ts'

/** Returns false if the subject is over its rate limit. */
export async function admit(
  { issuer, subject }: VerifiedIdentity,
  admitSubject: AdmitSubject,
  sha256: Sha256,
): Promise<boolean> {
  return admitSubject(await sha256(JSON.stringify([issuer, subject])))
}

/** Marks the token as used. Returns false if it was used before. */
export async function claimToken(
  { raw }: UntrustedToken,
  { issuer, tokenId, expiresAt }: Pick<VerifiedIdentity, 'issuer' | 'tokenId' | 'expiresAt'>,
  { replay, resource }: Grant,
  { sha256, claimReplay }: { readonly sha256: Sha256; readonly claimReplay: ClaimReplay },
): Promise<boolean> {
  const target = replay === 'once_per_resource' ? resource : undefined
  const key = await replayKey({ issuer, tokenId, raw }, target, sha256)
  return claimReplay({ key, until: expiresAt + CLOCK_LEEWAY_SECONDS + REPLAY_MARGIN_SECONDS })
}

type Recorded = {
  readonly decisionId: string
  readonly receivedAt: number
  readonly facts: Facts
  readonly evidence: DecisionEvidence
  readonly isAuditStrict: boolean
}

/**
 * Records the decision and returns whether that succeeded. Never throws: a failure affects only
 * exchanges that need a durable record.
 */
export async function isRecorded(
  record: RecordDecision,
  { decisionId, receivedAt, facts, evidence, isAuditStrict }: Recorded,
): Promise<boolean> {
  try {
    await record(describeDecision(decisionId, receivedAt, facts), evidence, isAuditStrict)
    return true
  } catch {
    return false
  }
}
