/**
 * Refuses a replayed grant for what is decided after the rules: the proof of possession, the use of the
 * subject token, and the budget of its job. Only the record tells about them.
 */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { type Decided, deny, type GrantedOutcome, type Outcome, unknown } from './outcome.ts'

/** Reasons of denials that are about the proof of the request, whatever the resource demands. */
const FAULTS: ReadonlySet<string | undefined> = new Set([
  'dpop_proof_invalid',
  'dpop_proof_replayed',
  'dpop_nonce_required',
])

/**
 * Applies the demand of a resource for a proof of possession. The record tells what the client sent if
 * the decision came to the proof. Otherwise the client counts as one that does what the resource
 * demands, so that the replay names what the rules would grant it.
 */
export function demandProof(outcome: Outcome, record: DecisionRecord): Outcome {
  if (outcome.kind !== 'granted') return outcome
  const { outcome: recorded, reason = '', binding } = record
  if (FAULTS.has(reason)) return deny(reason)
  const demand = outcome.resource.proofOfPossession
  const isProven = binding?.kind === 'dpop' || reason === 'dpop_proof_unsupported'
  if (demand === 'none' && isProven) return deny('dpop_proof_unsupported')
  const isBare =
    (recorded === 'granted' && binding === undefined) || reason === 'dpop_proof_missing'
  return demand === 'required' && isBare ? deny('dpop_proof_missing') : outcome
}

/** Whether the rules granted the token of the record, also if its use or a budget then refused it. */
export function isGrantedByRules({ outcome, reason }: DecisionRecord): boolean {
  return outcome === 'granted' || reason === 'token_used' || reason === 'budget_exceeded'
}

/**
 * A token that was used, or a job that had all its tokens, is refused again by a grant that limits them
 * in the same way. Unknown: another limit, of which the record tells nothing.
 */
export function limitUse(outcome: Decided, record: DecisionRecord): Outcome {
  if (outcome.kind !== 'granted') return outcome
  if (record.reason === 'token_used') return limitReplay(outcome, record)
  return record.budget?.excess === undefined ? outcome : limitJob(outcome, record)
}

function limitReplay(outcome: GrantedOutcome, { facts, resource }: DecisionRecord): Outcome {
  const { replay } = outcome.grant
  if (replay === 'reuse') return outcome
  // Each mode has marks of its own.
  const isSame = facts?.replay === replay && outcome.resource.uri === resource
  return isSame ? deny('token_used') : unknown(['whether the token was used before'])
}

function limitJob(outcome: GrantedOutcome, { budget: spent, rule }: DecisionRecord): Outcome {
  const { budget } = outcome.grant
  if (budget === undefined || budget.onExcess === 'alert') return outcome
  // The record tells only that the job had all tokens of its own budget.
  const isSpent =
    outcome.rule === rule && budget.claim === spent?.per && budget.grants <= spent.grants
  return isSpent ? deny('budget_exceeded') : unknown(['how many tokens the job had'])
}
