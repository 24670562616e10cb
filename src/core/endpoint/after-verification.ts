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
import type { Grant } from '../policy/compile/compiled.ts'
import type { AdmitSubject, ClaimReplay, RecordDecision, Sha256, SpendBudget } from '../ports.ts'
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
  readonly identity: VerifiedIdentity
  readonly rule: string
  readonly grant: Grant
  /** The value of the claim that names the job. */
  readonly job: string | number | undefined
}

type UsePorts = {
  readonly sha256: Sha256
  readonly claimReplay: ClaimReplay
  readonly spendBudget: SpendBudget
}

type Used = {
  readonly denial?: Denial
  /** Undefined if the rule has no budget, or if the token was used before. */
  readonly budget?: NonNullable<Facts['budget']>
}

/** Marks the token as used and counts its job, as far as the grant limits them. One call does both. */
export async function claimUse(use: Use, ports: UsePorts): Promise<Used> {
  const { identity, rule, grant, job } = use
  const { replay, budget } = grant
  const mark = replay === 'reuse' ? undefined : await markOf(use, ports.sha256)
  const denial: Denial = { reason: 'token_used', facts: { replay } }
  if (budget === undefined) {
    return mark === undefined || (await ports.claimReplay(mark)) ? {} : { denial }
  }
  // A grant with a budget does not render without it.
  if (job === undefined) throw new TypeError('a job without an id cannot be counted')
  const { claim, path, grants, onExcess } = budget
  const key = await budgetKey({ issuer: identity.issuer, rule, path, job }, ports.sha256)
  const until = identity.expiresAt + BUDGET_KEEP_SECONDS
  const spent = await ports.spendBudget({ key, until, grants, onExcess, mark })
  if (spent.outcome === 'token_used') return { denial }
  const counted = { per: claim, grants, used: spent.used }
  if (spent.outcome === 'counted') return { budget: counted }
  const exceeded = { ...counted, excess: spent.isFirst ? 'first' : 'repeated' } as const
  if (onExcess === 'alert') return { budget: exceeded }
  const facts = { per: claim, grants }
  return { budget: exceeded, denial: { reason: 'budget_exceeded', facts } }
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
