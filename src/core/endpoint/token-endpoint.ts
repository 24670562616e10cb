/**
 * The token endpoint: handles one exchange from form to answer, for any grant type. The steps in
 * order are 1 parse, 2 peek, 3 issuer, 4 key, 5 verify, 6 limit, 7 decide, 8 replay, 9 issue,
 * 10 render, 11 record.
 *
 * This file calls each step with a value and gets a value back. Steps do not call each other. A
 * step that refuses returns a denial, a port that cannot be reached throws `Unavailable`, and any
 * other exception is a bug. After step 8 no denial is possible, so only an exchange that succeeds
 * marks a token as used and counts its job.
 */
import type { TokenAnswer } from '../../protocol/oauth.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import { findIssuer } from '../evidence/find-issuer.ts'
import { peek } from '../evidence/peek.ts'
import { bind } from '../evidence/proof/bind.ts'
import { checkTokenProof, proofMark } from '../evidence/proof/check-proof.ts'
import { prove } from '../evidence/prove.ts'
import { checkPresentation } from '../evidence/token-kinds.ts'
import { loggableHash } from '../loggable.ts'
import { isGatewayResource } from '../policy/compile/resource-uri.ts'
import { evaluate } from '../policy/decide/evaluate.ts'
import { DECISION_LOG, type ExchangePorts, Unavailable } from '../ports.ts'
import { checkIssuing } from '../tokens/check-issuing.ts'
import { checkLength } from '../tokens/check-length.ts'
import { placeToken } from '../tokens/place-token.ts'
import { descend, joinActor, lifeLeft, startActor } from './actor.ts'
import { admit, claimUse, isMarkLost, isRecorded } from './after-verification.ts'
import type { Course, ExchangeInput, ExchangeSettings } from './course.ts'
import { hintOf, noteActor, noteDenial, noteToken, noteWithheld } from './facts.ts'
import { parseForm } from './form.ts'
import { narrowRequest } from './narrow.ts'
import { readOwnSubject, replayedOf } from './own-subject.ts'
import { findGrantType, parseTokenRequest } from './parse.ts'
import {
  type RenderedResponse,
  renderDenial,
  renderToken,
  renderUnavailable,
  withNonce,
} from './render.ts'

/** Answers one request to the token endpoint. An exception from it is a bug. */
export async function exchange(
  input: ExchangeInput,
  settings: ExchangeSettings,
  ports: ExchangePorts,
): Promise<RenderedResponse> {
  const decisionId = ports.newDecisionId()
  const course: Course = {
    decisionId,
    receivedAt: ports.clock(),
    facts: {},
    evidence: { connection: input.context },
    grantType: undefined,
    isAuditStrict: false,
    nonce: undefined,
  }
  const { facts } = course
  let response: RenderedResponse
  try {
    const outcome = await decideAndIssue(input, course, settings, ports)
    if (outcome.ok) response = renderToken(outcome.value, decisionId)
    else {
      noteDenial(facts, outcome.error)
      response = renderDenial(outcome.error, decisionId, course.grantType)
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    facts.outcome = 'unavailable'
    facts.part = error.part
    response = renderUnavailable(decisionId)
  }
  if (course.nonce !== undefined) response = withNonce(response, course.nonce)
  // 11 record: the same for a token, a denial and an outage
  const recorded = isRecorded(ports.record, course)
  if (!course.isAuditStrict || (await recorded)) return response
  noteWithheld(facts)
  course.isAuditStrict = false
  await isRecorded(ports.record, course)
  return renderUnavailable(decisionId)
}

/** Runs steps 1 to 10. */
async function decideAndIssue(
  input: ExchangeInput,
  course: Course,
  settings: ExchangeSettings,
  ports: ExchangePorts,
): Promise<Result<TokenAnswer, Denial>> {
  const { facts, evidence, receivedAt } = course
  const { findMint } = ports
  if (findMint === undefined) throw new Unavailable('signing_key')
  // 1 parse
  const form = parseForm(input)
  if (!form.ok) return form
  course.grantType = findGrantType(form.value, settings.grantTypes)
  const parsed = parseTokenRequest(form.value, settings.grantTypes, input.authorization)
  if (!parsed.ok) return parsed
  const request = parsed.value
  const { grantType, presented } = request
  evidence.grantType = grantType.name
  evidence.asked = request
  if (request.clientId !== undefined) {
    facts.clientHint = await hintOf(request.clientId, ports.sha256)
  }
  // 2 peek
  const token = peek(presented.assertion)
  if (!token.ok) return token
  // 3 issuer: a fresh snapshot is a plain value and needs no await
  const loaded = ports.loadTrust(receivedAt)
  // A new isolate asks for both at the same time. A failure counts only where they are needed.
  const revoking = ports.loadRevocations(receivedAt)
  if (revoking instanceof Promise) revoking.catch(() => undefined)
  const view = loaded instanceof Promise ? await loaded : loaded
  facts.revision = view.revision
  // Admin tokens do not depend on the trust document: otherwise no one could replace a broken one.
  const { gatewayIssuer } = settings
  // A request that names no resource is never for the gateway.
  const isForGateway =
    request.resource !== undefined && isGatewayResource(request.resource, gatewayIssuer)
  const searched = isForGateway ? 'policy' : 'document'
  const trust = view[searched]
  if (trust === undefined) throw new Unavailable('trust_document')
  evidence.trust = trust
  const { presentation } = presented
  // Only the type `access_token` means a token of this gateway (RFC 8693 §3). As an authorization
  // grant or as a client assertion, it is one of an issuer that no document can trust (EXC-07).
  const isOwn = presentation === 'access_token' && token.value.issuer === gatewayIssuer
  if (isOwn && isForGateway) {
    const resourceHash = loggableHash(request.resource ?? '')
    return deny({ reason: 'resource_unknown', facts: { resourceHash } })
  }
  const issuer = isOwn ? trust.own?.issuer : findIssuer(trust, token.value.issuer)
  if (issuer === undefined) {
    return presentation === 'access_token'
      ? deny({ reason: 'token_type_unsupported', at: 'subject_token_type' })
      : deny({ reason: 'issuer_not_trusted', facts: { iss: 'unknown', searched } })
  }
  facts.issuer = issuer.name
  const refused = isOwn ? undefined : checkPresentation(issuer, presentation)
  if (refused !== undefined) return refused
  // 4 key, 5 verify: the actor token at the same time
  const { refreshKeys, verifySignature } = ports
  // Copying every port costs as much as a rule, and most requests do not need it.
  const givenAll = () => ({ ...settings, ...ports, presentation, view, receivedAt })
  const started =
    presented.actor && startActor(presented.actor, presented.assertion, trust, givenAll())
  const read = isOwn ? await readOwnSubject(token.value, givenAll(), receivedAt) : undefined
  if (read?.ok === false) return read
  const parent = read?.value
  const identity =
    parent === undefined
      ? await prove({
          token: token.value,
          issuer,
          presentation,
          view,
          receivedAt,
          gatewayIssuer,
          issuerKeysMaxStaleSeconds: settings.issuerKeysMaxStaleSeconds,
          refreshKeys,
          verifySignature,
        })
      : ok(parent.identity)
  if (!identity.ok) return identity
  evidence.identity = identity.value
  evidence.profile = issuer.profile
  if (parent !== undefined) facts.parentTokenId = parent.claims.jti
  const joined = started && (await joinActor(started, identity.value, parent))
  if (joined?.ok === false) return joined
  const actor = joined?.value
  if (actor !== undefined) noteActor(facts, evidence, actor)
  const { dpop, certificateSha256 } = input.proofContext
  const proven =
    dpop === undefined ? undefined : await checkTokenProof(dpop, givenAll(), receivedAt)
  course.nonce = proven?.nonce
  if (proven?.result.ok === false) return proven.result
  const proof = proven?.result.value
  // 6 limit: runs after the signature check; otherwise any caller could use up another subject's
  // limit (EXC-14)
  if (
    ports.admitSubject !== undefined &&
    !(await admit(identity.value, ports.admitSubject, ports.sha256))
  ) {
    return deny({ reason: 'rate_limited', at: 'subject' })
  }
  // 7 decide: the rule, and the contents of the token
  if (issuer.isClosed) throw new Unavailable('trust_document')
  const narrowed = narrowRequest(request, identity.value.idJag)
  if (!narrowed.ok) return narrowed
  const { scopes: wanted, rule: wantedRule } = request
  const { resource: named, scopesWithin } = narrowed.value
  if (identity.value.idJag !== undefined) evidence.asked = { ...request, ...narrowed.value }
  const most = request.lifetimeSeconds ?? Number.POSITIVE_INFINITY
  const asked = {
    resource: isForGateway ? gatewayIssuer : named,
    scopes: wanted,
    scopesWithin,
    rule: wantedRule,
    lifetimeSeconds: Math.min(most, settings.maxTokenLifetimeSeconds),
    decisionId: course.decisionId,
    actor: actor?.identity,
    context: input.context,
  }
  const decision = evaluate(trust, issuer, identity.value, asked, receivedAt)
  if (decision.observed.length > 0) facts.observed = decision.observed
  if (decision.rule !== undefined) facts.rule = decision.rule.name
  if (decision.resource !== undefined) facts.resource = decision.resource.uri
  if (decision.kind === 'denied') return deny(decision.denial)
  const { rule, grant, resource, scopes, lifetimeSeconds, subject, claims, job, act } = decision
  if (request.clientId !== undefined && grantType.isClient !== undefined) {
    const authenticated = { subject: identity.value.subject, rule: rule.name }
    if (!grantType.isClient(request.clientId, authenticated)) {
      return deny({ reason: 'client_mismatch' })
    }
  }
  const bound = bind({
    demand: resource.proofOfPossession,
    proof,
    certificateSha256,
    bindsCertificates: settings.bindsCertificates,
    parent: parent?.claims,
  })
  if (!bound.ok) return bound
  const revocations = revoking instanceof Promise ? await revoking : revoking
  const planned = {
    identity: identity.value,
    parent,
    actor,
    rule: rule.name,
    subject,
    isForGateway,
  }
  const checked = revocations.hasCoarse
    ? await checkIssuing(revocations, planned, ports.clock())
    : undefined
  if (checked?.ok === false) return checked
  // Before the mark, so that a refusal uses up no token.
  const isAuditStrict = resource.audit === 'strict'
  if (isAuditStrict && !ports.keepsRecords) throw new Unavailable(DECISION_LOG)
  const issuedAt = ports.clock()
  const mint = findMint(resource, issuedAt, checked?.value)
  // The clock has moved on. A narrower token never outlives its parent (EXC-07).
  const left = lifeLeft(lifetimeSeconds, issuedAt, parent, actor)
  if (left <= 0) return deny({ reason: 'token_expired', facts: { now: issuedAt } })
  const issuance = {
    gatewayIssuer,
    identity: identity.value,
    rule: rule.name,
    resource,
    scopes,
    lifetimeSeconds: Math.min(lifetimeSeconds, left),
    subject,
    claims,
    revision: view.revision,
    issuedAt,
    confirmation: bound.value,
    ...descend(parent, actor),
    act,
  }
  // Before the index and the mark, so that a token that is too long uses up neither.
  const tooLong = checkLength(mint, issuance)
  if (tooLong !== undefined) return tooLong
  // Before the mark too, so that a full list uses up no token.
  const status = resource.hasStatusList ? await placeToken(mint, issuance, ports) : undefined
  if (status?.ok === false) return status
  // 8 replay: last before issuing, so that a denial or an outage uses up neither a token nor a budget
  if (grant.replay !== 'reuse' || grant.budget !== undefined || proof !== undefined) {
    const marked = parent === undefined ? identity.value : replayedOf(parent)
    const use = {
      token: token.value,
      marked,
      isMarkLost: isMarkLost(marked.claims, settings.replayNotBefore),
      identity: identity.value,
      rule: rule.name,
      grant,
      job,
      proof: proof && (await proofMark(proof, ports.sha256)),
    }
    const { denial, budget } = await claimUse(use, ports)
    if (budget !== undefined) facts.budget = budget
    if (denial !== undefined) return deny(denial)
  }
  // 9 issue
  const issued = await mint({ ...issuance, statusIndex: status?.value })
  noteToken(facts, issued)
  Object.assign(evidence, { issuedSubject: subject, subjectTemplate: grant.subject })
  course.isAuditStrict = isAuditStrict
  // 10 render
  return ok(grantType.render(issued, presented))
}
