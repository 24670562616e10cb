/**
 * Step 7 of an exchange: the rule that speaks for the caller, the contents of the token, and what the
 * token is bound to.
 */
import type { Confirmation } from '../../../protocol/token.ts'
import { ok, type Result } from '../../../web/result.ts'
import { type Denial, deny } from '../../denial.ts'
import { bind } from '../../evidence/proof/bind.ts'
import { type Decision, evaluate } from '../../policy/decide/evaluate.ts'
import type { Course, ExchangeInput, ExchangeSettings } from '../course.ts'
import { narrowRequest } from '../narrow.ts'
import type { TokenRequest } from '../parse.ts'
import type { ChosenIssuer } from './choose-issuer.ts'
import type { ProvenCaller } from './prove-caller.ts'

type Question = {
  readonly request: TokenRequest
  readonly chosen: ChosenIssuer
  readonly caller: ProvenCaller
  readonly input: ExchangeInput
  readonly settings: ExchangeSettings
}

export type DecidedToken = {
  readonly granted: Extract<Decision, { kind: 'granted' }>
  /** What the token is bound to. */
  readonly confirmation: Confirmation | undefined
}

export function decideToken(
  { request, chosen, caller, input, settings }: Question,
  { facts, evidence, receivedAt, decisionId }: Course,
): Result<DecidedToken, Denial> {
  const { issuer, trust, isForGateway } = chosen
  const { identity, parent, actor, proof } = caller
  const { grantType, clientId, scopes, rule } = request
  const narrowed = narrowRequest(request, identity.allowance)
  if (!narrowed.ok) return narrowed
  const { resource: named, scopesWithin } = narrowed.value
  if (identity.allowance !== undefined) evidence.asked = { ...request, ...narrowed.value }
  const most = request.lifetimeSeconds ?? Number.POSITIVE_INFINITY
  const asked = {
    resource: isForGateway ? settings.gatewayIssuer : named,
    scopes,
    scopesWithin,
    rule,
    lifetimeSeconds: Math.min(most, settings.maxTokenLifetimeSeconds),
    decisionId,
    actor: actor?.identity,
    context: input.context,
  }
  const decision = evaluate({ trust, issuer, identity, request: asked, at: receivedAt })
  if (decision.observed.length > 0) facts.observed = decision.observed
  if (decision.rule !== undefined) facts.rule = decision.rule.name
  if (decision.resource !== undefined) facts.resource = decision.resource.uri
  if (decision.kind === 'denied') return deny(decision.denial)
  if (clientId !== undefined && grantType.isClient !== undefined) {
    const authenticated = { subject: identity.subject, rule: decision.rule.name }
    if (!grantType.isClient(clientId, authenticated)) return deny({ reason: 'client_mismatch' })
  }
  const bound = bind({
    demand: decision.resource.proofOfPossession,
    proof,
    certificateSha256: input.proofContext.certificateSha256,
    bindsCertificates: settings.bindsCertificates,
    parent: parent?.claims,
  })
  if (!bound.ok) return bound
  return ok({ granted: decision, confirmation: bound.value })
}
