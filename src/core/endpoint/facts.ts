/**
 * The facts collected during an exchange, from which its decision record is made. They are ids and
 * names of this deployment only.
 */
import type { Confirmation } from '../../protocol/token.ts'
import type { DecisionEvent } from '../audit.ts'
import type { DecisionEvidence } from '../decisions/build-record.ts'
import type { Denial } from '../denial.ts'
import type { IssuedToken } from '../issuance.ts'
import { LOG_HASH_CHARACTERS } from '../limits.ts'
import { DECISION_LOG, type Sha256 } from '../ports.ts'

export type Facts = { -readonly [Name in keyof DecisionEvent]?: DecisionEvent[Name] }

/** Returns the event of a decision. An exchange that neither issued nor failed is a denial. */
export function describeDecision(decisionId: string, at: number, facts: Facts): DecisionEvent {
  return { event: 'decision', decisionId, at, outcome: 'denied', ...facts }
}

/**
 * Hashes the client id for the log. The id itself is not logged, because it may be a secret pasted
 * by mistake.
 */
export async function hintOf(clientId: string, sha256: Sha256): Promise<string> {
  return (await sha256(clientId)).slice(0, LOG_HASH_CHARACTERS)
}

export function noteToken(facts: Facts, issued: IssuedToken): void {
  facts.outcome = 'granted'
  facts.scope = issued.scope
  facts.tokenId = issued.tokenId
  if (issued.keyId !== undefined) facts.keyId = issued.keyId
  facts.expiresAt = issued.expiresAt
  if (issued.confirmation !== undefined) facts.binding = describeBinding(issued.confirmation)
}

function describeBinding(cnf: Confirmation): NonNullable<Facts['binding']> {
  return 'jkt' in cnf
    ? { kind: 'dpop', thumbprint: cnf.jkt }
    : { kind: 'mtls', thumbprint: cnf['x5t#S256'] }
}

/** Turns the facts of a token into those of one that was not sent, because its record is missing. */
export function noteWithheld(facts: Facts): void {
  facts.outcome = 'unavailable'
  facts.part = DECISION_LOG
  delete facts.scope
  delete facts.tokenId
  delete facts.keyId
  delete facts.expiresAt
  delete facts.binding
}

/** Keeps the actor: its issuer for the log line, and its ids and claims for the decision log. */
export function noteActor(
  facts: Facts,
  evidence: { actor?: DecisionEvidence['actor'] },
  actor: NonNullable<DecisionEvidence['actor']>,
): void {
  facts.actorIssuer = actor.identity.issuerName
  evidence.actor = actor
}

/** Records names of rules and claims, and never the value of a claim. */
export function noteDenial(record: Facts, denial: Denial): void {
  record.outcome = 'denied'
  record.reason = denial.reason
  if ('at' in denial && denial.at !== undefined) record.fault = denial.at
  if ('facts' in denial && denial.facts !== undefined) record.facts = denial.facts
  if ('template' in denial) record.template = denial.template
  const considered = ('trace' in denial ? denial.trace : []).map((trace) => {
    const failed = trace.conditions.find((condition) => !condition.holds)
    return {
      rule: trace.rule,
      outcome: trace.outcome,
      ...(failed === undefined ? {} : { claim: failed.claim }),
    }
  })
  if (considered.length > 0) record.considered = considered
}
