/** The request of a recorded decision, as the evaluator reads it. */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { JsonObject } from '../../web/json.ts'
import type { Actor, DecisionRequest } from '../policy/decide/decision-request.ts'
import { knownActorClaims } from './known-claims.ts'

/** Each stands for a name in the request that the record does not have. No document has it. */
const UNKNOWN = {
  resource: '<one that the document does not have>',
  scope: '<a scope that the resource does not have>',
  rule: '<one that is not recorded>',
}

/**
 * Returns the request. The record has the names of the trust document, and says which parameters had
 * others. Any other name has the same effect: nothing is granted for it.
 */
export function requestOf(
  record: DecisionRecord,
  source: 'document' | 'policy',
  gatewayIssuer: string,
): DecisionRequest {
  const { asked = {}, connection, actor } = record
  const { resource, scopes, scopes_within: within, rule, lifetime_seconds, unknown = [] } = asked
  return {
    resource:
      source === 'policy'
        ? gatewayIssuer
        : unknown.includes('resource')
          ? UNKNOWN.resource
          : resource,
    scopes: unknown.includes('scopes') ? [...(scopes ?? []), UNKNOWN.scope] : scopes,
    ...(within === undefined ? {} : { scopesWithin: within }),
    rule: unknown.includes('rule') ? UNKNOWN.rule : rule,
    lifetimeSeconds: lifetime_seconds,
    ...(actor === undefined ? {} : { actor: actorOf(actor, knownActorClaims(record)) }),
    context: (connection ?? {}) as NonNullable<DecisionRequest['context']>,
  }
}

function actorOf(
  { issuer: issuerName, issuer_url: issuer, subject }: NonNullable<DecisionRecord['actor']>,
  claims: JsonObject,
): Actor {
  return { issuerName, issuer, subject, claims }
}
