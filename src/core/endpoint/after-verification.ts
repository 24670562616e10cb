/**
 * What an exchange asks of stores: the limit of a subject, the mark of a token, the budget of a job,
 * and the record of the decision.
 */
import type { DecisionEvidence } from '../decisions/build-record.ts'
import type { Denial } from '../denial.ts'
import { budgetKey } from '../evidence/budget-key.ts'
import type { VerifiedIdentity } from '../evidence/identity.ts'
import type { UntrustedToken } from '../evidence/peek.ts'
import { replayKey } from '../evidence/replay-key.ts'
import { BUDGET_KEEP_SECONDS, CLOCK_LEEWAY_SECONDS, REPLAY_MARGIN_SECONDS } from '../limits.ts'
import type { Budget, Grant } from '../policy/compile/compiled.ts'
import type { AdmitSubject, RecordDecision, Sha256 } from '../ports.ts'
import type { ClaimProof, ClaimReplay, Mark, ProofSpent, SpendBudget } from '../use-ports.ts'
import { describeDecision, type Facts } from './facts.ts'

/** Returns false if the subject is over its rate limit. */
export async function admit(
  { issuer, subject }: VerifiedIdentity,
  admitSubject: AdmitSubject,
  sha256: Sha256,
): Promise<boolean> {
  return admitSubject(await sha256(JSON.stringify([issuer, subject])))
}

type Use = {
  readonly token: UntrustedToken
  /** The token that the mark names. */
  readonly marked: Pick<VerifiedIdentity, 'issuer' | 'tokenId' | 'expiresAt'>
  /** Whether the token may have been used without a mark: see `isMarkLost`. */
  readonly isMarkLost: boolean
  readonly identity: VerifiedIdentity
  readonly rule: string
  readonly grant: Grant
  /** The value of the claim that names the job. */
  readonly job: string | number | undefined
  /** The mark of the proof of possession. */
  readonly proof: Mark | undefined
}

type UsePorts = {
  readonly sha256: Sha256
  readonly claimReplay: ClaimReplay
  readonly spendBudget: SpendBudget
  readonly claimProof: ClaimProof
}

/**
 * Whether a token was issued before the moment from which replay marks are known. The marks of a
 * gateway that was restored from a backup lack the uses after the backup. A token without `iat` has
 * an unknown age. Both are refused, because each may be a replay (REP-01).
 */
export function isMarkLost({ iat }: { readonly iat?: unknown }, notBefore: number): boolean {
  if (notBefore === 0) return false
  return typeof iat !== 'number' || iat < notBefore + CLOCK_LEEWAY_SECONDS
}

type Used = {
  readonly denial?: Denial
  /** Undefined if the rule has no budget, or if the token was used before. */
  readonly budget?: NonNullable<Facts['budget']>
}

/**
 * Marks the token and the proof as used and counts the job, as far as the grant and the request ask
 * for it. One call does all of it.
 */
export async function claimUse(use: Use, ports: UsePorts): Promise<Used> {
  const { replay, budget } = use.grant
  const spent = await spend(use, ports)
  switch (spent.outcome) {
    case 'proof_used':
      return { denial: { reason: 'dpop_proof_replayed' } }
    case 'token_used':
      return { denial: { reason: 'token_used', facts: { replay } } }
    case 'marked':
      return {}
  }
  if (budget === undefined) throw new TypeError('a job without a budget was counted')
  const { claim, grants, onExcess } = budget
  const counted = { per: claim, grants, used: spent.used }
  if (spent.outcome === 'counted') return { budget: counted }
  const exceeded = { ...counted, excess: spent.isFirst ? 'first' : 'repeated' } as const
  if (onExcess === 'alert') return { budget: exceeded }
  const facts = { per: claim, grants }
  return { budget: exceeded, denial: { reason: 'budget_exceeded', facts } }
}

async function spend(use: Use, ports: UsePorts): Promise<ProofSpent> {
  const { grant, proof } = use
  // Before the mark and the count, so that nothing is used up.
  if (grant.replay !== 'reuse' && use.isMarkLost) return { outcome: 'token_used' }
  const mark = grant.replay === 'reuse' ? undefined : await markOf(use, ports.sha256)
  const count = grant.budget === undefined ? undefined : await countOf(use, grant.budget, ports)
  if (proof !== undefined) return ports.claimProof({ proof, mark, count })
  if (count !== undefined) return ports.spendBudget({ ...count, mark })
  const isFirst = mark === undefined || (await ports.claimReplay(mark))
  return { outcome: isFirst ? 'marked' : 'token_used' }
}

async function countOf({ identity, rule, job }: Use, budget: Budget, { sha256 }: UsePorts) {
  // A grant with a budget does not render without it.
  if (job === undefined) throw new TypeError('a job without an id cannot be counted')
  const { path, grants, onExcess } = budget
  const key = await budgetKey({ issuer: identity.issuer, rule, path, job }, sha256)
  return { key, until: identity.expiresAt + BUDGET_KEEP_SECONDS, grants, onExcess }
}

async function markOf({ token, marked, grant }: Use, sha256: Sha256) {
  const { issuer, tokenId, expiresAt } = marked
  const target = grant.replay === 'once_per_resource' ? grant.resource : undefined
  const key = await replayKey({ issuer, tokenId, raw: token.raw }, target, sha256)
  return { key, until: expiresAt + CLOCK_LEEWAY_SECONDS + REPLAY_MARGIN_SECONDS }
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
