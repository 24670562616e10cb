/**
 * Applies the demand of a resource for a proof of possession to a replayed grant. The record tells what
 * the client sent if the decision came to the proof. Otherwise the client counts as one that does what
 * the resource demands, so that the replay names what the rules would grant it.
 */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { deny, type Outcome } from './outcome.ts'

/** Reasons of denials that are about the proof of the request, whatever the resource demands. */
const FAULTS: ReadonlySet<string | undefined> = new Set([
  'dpop_proof_invalid',
  'dpop_proof_replayed',
  'dpop_nonce_required',
])

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
