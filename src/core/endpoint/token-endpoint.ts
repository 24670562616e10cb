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
import { peek } from '../evidence/peek.ts'
import { proofMark } from '../evidence/proof/check-proof.ts'
import { type ExchangePorts, Unavailable } from '../ports.ts'
import { admit, claimUse, isMarkLost, isRecorded } from './after-verification.ts'
import type { Course, ExchangeInput, ExchangeSettings } from './course.ts'
import { hintOf, noteDenial, noteToken, noteWithheld } from './facts.ts'
import { parseForm } from './form.ts'
import { replayedOf } from './own-subject.ts'
import { findGrantType, parseTokenRequest } from './parse.ts'
import {
  type RenderedResponse,
  renderDenial,
  renderToken,
  renderUnavailable,
  withNonce,
} from './render.ts'
import { chooseIssuer } from './steps/choose-issuer.ts'
import { decideToken } from './steps/decide-token.ts'
import { prepareToken } from './steps/prepare-token.ts'
import { proveCaller } from './steps/prove-caller.ts'

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
  const { grantType, presented, clientId } = request
  evidence.grantType = grantType.name
  evidence.asked = request
  if (clientId !== undefined) facts.clientHint = await hintOf(clientId, ports.sha256)
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
  const { gatewayIssuer } = settings
  const found = chooseIssuer({ request, token: token.value, view, gatewayIssuer }, course)
  if (!found.ok) return found
  const chosen = found.value
  // 4 key, 5 verify
  const { dpop } = input.proofContext
  const question = { token: token.value, presented, chosen, view, dpop, settings }
  const proven = await proveCaller(question, course, ports)
  if (!proven.ok) return proven
  const caller = proven.value
  const { identity, parent, proof } = caller
  // 6 limit: runs after the signature check; otherwise any caller could use up another subject's
  // limit (EXC-14)
  if (
    ports.admitSubject !== undefined &&
    !(await admit(identity, ports.admitSubject, ports.sha256))
  ) {
    return deny({ reason: 'rate_limited', at: 'subject' })
  }
  // 7 decide
  if (chosen.issuer.isClosed) throw new Unavailable('trust_document')
  const decision = decideToken({ request, chosen, caller, input, settings }, course)
  if (!decision.ok) return decision
  const decided = decision.value
  const { rule, grant, resource, subject, job } = decided.granted
  const revocations = revoking instanceof Promise ? await revoking : revoking
  const { isForGateway } = chosen
  const { revision } = view
  const plan = { decided, caller, isForGateway, revocations, gatewayIssuer, revision, findMint }
  const prepared = await prepareToken(plan, ports)
  if (!prepared.ok) return prepared
  const { mint, issuance } = prepared.value
  // 8 replay: last before issuing, so that a denial or an outage uses up neither a token nor a budget
  if (grant.replay !== 'reuse' || grant.budget !== undefined || proof !== undefined) {
    const marked = parent === undefined ? identity : replayedOf(parent)
    const use = {
      token: token.value,
      marked,
      isMarkLost: isMarkLost(marked.claims, settings.replayNotBefore),
      identity,
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
  const issued = await mint(issuance)
  noteToken(facts, issued)
  Object.assign(evidence, { issuedSubject: subject, subjectTemplate: grant.subject })
  course.isAuditStrict = resource.audit === 'strict'
  // 10 render
  return ok(grantType.render(issued, presented))
}
