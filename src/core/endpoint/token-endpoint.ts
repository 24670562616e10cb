/**
 * One exchange, from form to answer, in the one order there is:
 *
 *   parse → peek → known issuer → key → verify → decide → replay mark → issue → render → record
 *
 * Every step takes a value and returns a value; no step calls the next. Steps that refuse return
 * a denial, ports that are down throw `Unavailable`, anything else thrown is a bug. Nothing after
 * the replay mark refuses: a token is used up only by an exchange that was going to succeed.
 */
import { base64url } from 'jose'
import { ok, type Result } from '../../web/result.ts'
import type { DecisionEvent } from '../audit.ts'
import { type Denial, deny } from '../denial.ts'
import { findKey, findReplacedKey } from '../evidence/find-key.ts'
import type { VerifiedIdentity } from '../evidence/identity.ts'
import { peek, type UntrustedToken } from '../evidence/peek.ts'
import { replayKey } from '../evidence/replay-key.ts'
import { verify } from '../evidence/verify.ts'
import {
  CLIENT_HINT_CHARACTERS,
  CLOCK_LEEWAY_SECONDS,
  RANDOM_ID_BYTES,
  REPLAY_MARGIN_SECONDS,
} from '../limits.ts'
import type { CompiledTrust, Grant, Resource, TrustedIssuer } from '../policy/compile/compiled.ts'
import { isGatewayResource } from '../policy/compile/resource-uri.ts'
import type { RequestContext } from '../policy/decide/decision-request.ts'
import { evaluate } from '../policy/decide/evaluate.ts'
import {
  type AdmitSubject,
  type ClaimReplay,
  type Clock,
  type LoadTrust,
  type RandomBytes,
  type RecordDecision,
  type RefreshKeys,
  type Sha256,
  Unavailable,
} from '../ports.ts'
import { type IssuedToken, issue } from '../tokens/issue.ts'
import { type KeyRing, type RingKey, selectSigningKey } from '../tokens/keyring.ts'
import { type FormBody, parseForm } from './form.ts'
import { type IssuedTokenType, parseExchangeRequest } from './parse.ts'
import { type RenderedResponse, renderDenial, renderToken, renderUnavailable } from './render.ts'

export type ExchangePorts = {
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly sha256: Sha256
  readonly loadTrust: LoadTrust
  readonly refreshKeys: RefreshKeys
  readonly keyRing: KeyRing
  readonly claimReplay: ClaimReplay
  /** Absent where the deployment has no limit by subject. */
  readonly admitSubject?: AdmitSubject | undefined
  readonly record: RecordDecision
}

export type ExchangeSettings = {
  readonly gatewayIssuer: string
  readonly maxTokenLifetimeSeconds: number
  readonly issuerKeysMaxStaleSeconds: number
}

export type ExchangeInput = FormBody & {
  readonly authorization: string | undefined
  /** What the platform saw of the connection, for rules with a `condition`. */
  readonly context?: RequestContext
}

/** What becomes known on the way; the audit event is made of it. */
type Facts = { -readonly [Name in keyof DecisionEvent]?: DecisionEvent[Name] }

/** Answers one request to the token endpoint (RFC 8693 §2). Throws only on bugs. */
export async function exchange(
  input: ExchangeInput,
  settings: ExchangeSettings,
  ports: ExchangePorts,
): Promise<RenderedResponse> {
  const decisionId = `dec_${base64url.encode(ports.randomBytes(RANDOM_ID_BYTES))}`
  const receivedAt = ports.clock()
  const facts: Facts = {}
  let response: RenderedResponse
  try {
    const outcome = await decideAndIssue(input, settings, ports, receivedAt, facts)
    if (outcome.ok) {
      noteToken(facts, outcome.value.issued)
      response = renderToken(outcome.value.issued, outcome.value.type, decisionId)
    } else {
      noteDenial(facts, outcome.error)
      response = renderDenial(outcome.error, decisionId)
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    facts.outcome = 'unavailable'
    facts.part = error.part
    response = renderUnavailable(decisionId)
  }
  ports.record({
    event: 'decision',
    decisionId,
    at: receivedAt,
    outcome: 'denied',
    ...facts,
  })
  return response
}

async function decideAndIssue(
  input: ExchangeInput,
  settings: ExchangeSettings,
  ports: ExchangePorts,
  receivedAt: number,
  facts: Facts,
): Promise<Result<{ readonly issued: IssuedToken; readonly type: IssuedTokenType }, Denial>> {
  if (ports.keyRing.keys.length === 0) throw new Unavailable('signing_key')
  // 1 parse
  const form = parseForm(input)
  if (!form.ok) return form
  const parsed = parseExchangeRequest(form.value, input.authorization)
  if (!parsed.ok) return parsed
  const request = parsed.value
  if (request.clientId !== undefined) {
    facts.clientHint = await hintOf(request.clientId, ports.sha256)
  }
  // 2 peek
  const token = peek(request.subjectToken)
  if (!token.ok) return token
  // 3 known issuer: a fresh snapshot is a plain value, and nothing waits for it
  const loaded = ports.loadTrust(receivedAt)
  const view = loaded instanceof Promise ? await loaded : loaded
  facts.revision = view.revision
  // The admin plane needs no document: a token that can replace a broken one must be obtainable.
  const isForGateway = isGatewayResource(request.resource, settings.gatewayIssuer)
  const trust = isForGateway ? view.policy : view.document
  if (trust === undefined) throw new Unavailable('trust_document')
  const issuer = findIssuer(trust, token.value.issuer)
  if (issuer === undefined) return deny({ reason: 'issuer_not_trusted' })
  facts.issuer = issuer.name
  // 4 key
  const { issuerKeysMaxStaleSeconds } = settings
  const { refreshKeys } = ports
  const question = { issuerKeysMaxStaleSeconds, refreshKeys, issuer, view, receivedAt }
  const key = await findKey({ ...question, token: token.value })
  if (!key.ok) return key
  // 5 verify
  let identity = await verify(token.value, issuer, key.value, receivedAt)
  if (!identity.ok && identity.error.reason === 'signature_invalid') {
    const replaced = await findReplacedKey({ ...question, token: token.value }, key.value)
    if (replaced !== undefined) identity = await verify(token.value, issuer, replaced, receivedAt)
  }
  if (!identity.ok) return identity
  // Only now: before the signature holds, anybody could use up somebody else's share (EXC-14).
  if (
    ports.admitSubject !== undefined &&
    !(await admit(identity.value, ports.admitSubject, ports))
  ) {
    return deny({ reason: 'rate_limited', at: 'subject' })
  }
  // 6 decide: the rule, and everything that the token will say
  if (issuer.isClosed) throw new Unavailable('trust_document')
  const asked = {
    ...request,
    resource: isForGateway ? settings.gatewayIssuer : request.resource,
    ...(input.context === undefined ? {} : { context: input.context }),
    lifetimeSeconds: Math.min(
      request.lifetimeSeconds ?? Number.POSITIVE_INFINITY,
      settings.maxTokenLifetimeSeconds,
    ),
  }
  const decision = evaluate(trust, issuer, identity.value, asked, receivedAt)
  if (decision.observed.length > 0) facts.observed = decision.observed
  if (decision.rule !== undefined) facts.rule = decision.rule.name
  if (decision.resource !== undefined) facts.resource = decision.resource.uri
  if (decision.kind === 'denied') return deny(decision.denial)
  const { rule, grant, resource, scopes, lifetimeSeconds, subject, claims } = decision
  const issuedAt = ports.clock()
  const signingKey = findSigningKey(ports.keyRing, resource, issuedAt)
  // 7 replay mark: last before issuing, so that a refusal or an outage never uses a token up
  const first = await claimToken(token.value, identity.value, grant, ports)
  if (!first) return deny({ reason: 'token_used' })
  // 8 issue: nothing from here on refuses
  const issued = await issue(
    {
      gatewayIssuer: settings.gatewayIssuer,
      identity: identity.value,
      rule: rule.name,
      resource: resource.uri,
      typ: resource.typ,
      key: signingKey,
      scopes,
      lifetimeSeconds,
      subject,
      claims,
      revision: view.revision,
      issuedAt,
    },
    ports.randomBytes,
  )
  return ok({ issued, type: request.issuedTokenType })
}

/** A hash, because the log holds no text of callers: a name may be a secret pasted by mistake. */
async function hintOf(clientId: string, sha256: Sha256): Promise<string> {
  return (await sha256(clientId)).slice(0, CLIENT_HINT_CHARACTERS)
}

/** Throws `Unavailable` when no key of the resource's algorithm is active. */
function findSigningKey(keyRing: KeyRing, { algorithm }: Resource, at: number): RingKey {
  const key = selectSigningKey(keyRing, algorithm, at)
  if (key === undefined) throw new Unavailable('signing_key')
  return key
}

/** By its URL; by its trust domain for a token that has no `iss`. */
function findIssuer({ issuers }: CompiledTrust, name: string): TrustedIssuer | undefined {
  if (!name.startsWith('spiffe://')) return issuers.get(name)
  const domain = name.slice('spiffe://'.length)
  return [...issuers.values()].find(({ trustDomain }) => trustDomain === domain)
}

async function admit(
  { issuer, subject }: VerifiedIdentity,
  admitSubject: AdmitSubject,
  { sha256 }: ExchangePorts,
): Promise<boolean> {
  return admitSubject(await sha256(JSON.stringify([issuer, subject])))
}

/** Whether this is the first use, for a grant that minds. */
async function claimToken(
  { raw }: UntrustedToken,
  { issuer, tokenId, expiresAt }: VerifiedIdentity,
  { replay, resource }: Grant,
  { sha256, claimReplay }: ExchangePorts,
): Promise<boolean> {
  if (replay === 'reuse') return true
  const target = replay === 'once_per_resource' ? resource : undefined
  const key = await replayKey({ issuer, tokenId, raw }, target, sha256)
  return claimReplay({ key, until: expiresAt + CLOCK_LEEWAY_SECONDS + REPLAY_MARGIN_SECONDS })
}

function noteToken(facts: Facts, issued: IssuedToken): void {
  facts.outcome = 'granted'
  facts.scope = issued.scope
  facts.tokenId = issued.tokenId
  facts.keyId = issued.keyId
  facts.expiresAt = issued.expiresAt
}

/** Names of rules and claims are ours to log; what the token said is not. */
function noteDenial(facts: Facts, denial: Denial): void {
  facts.outcome = 'denied'
  facts.reason = denial.reason
  if (denial.at !== undefined) facts.fault = denial.at
  if (denial.template !== undefined) facts.template = denial.template
  const considered = denial.trace?.map((trace) => {
    const failed = trace.conditions.find((condition) => !condition.holds)
    return {
      rule: trace.rule,
      outcome: trace.outcome,
      ...(failed === undefined ? {} : { claim: failed.claim }),
    }
  })
  if (considered !== undefined && considered.length > 0) facts.considered = considered
}
