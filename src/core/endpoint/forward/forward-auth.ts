/**
 * Decides forward auth requests. Before a proxy forwards a request of its client, it asks here
 * whether the client's token allows it. The steps in order: question, token, signature, binding,
 * revocation, resource, audience, scopes, proof. Each step can refuse the request.
 */
import { parseSentToken } from '../../../protocol/bearer.ts'
import { type IssuedTokenClaims, readConfirmation } from '../../../protocol/token.ts'
import { findTarget } from '../../policy/compile/resource-uri.ts'
import { type Clock, type LoadTrust, Unavailable } from '../../ports.ts'
import type { LoadRevocations } from '../../revocation-ports.ts'
import { type KeyRing, publishedRing } from '../../tokens/keyring.ts'
import { revocableOf, scopesOf, verifyOwnToken } from '../../tokens/own-token.ts'
import { checkForwardProof, type ForwardProofPorts, type ProofRefusal } from './forward-proof.ts'
import {
  type ForwardQuestion,
  type ForwardRequest,
  parseForwardQuestion,
} from './forward-question.ts'

export type ForwardAuthSettings = {
  readonly gatewayIssuer: string
  readonly maxTokenLifetimeSeconds: number
}

export type ForwardAuthPorts = ForwardProofPorts & {
  readonly clock: Clock
  readonly keyRing: KeyRing
  readonly loadTrust: LoadTrust
  readonly loadRevocations: LoadRevocations
}

export type ForwardRefusal =
  /** The proxy is configured wrongly. Every request is refused until that is corrected. */
  | 'question_malformed'
  | 'resource_unknown'
  | 'scope_unknown'
  /** The client's token does not allow the request. */
  | 'token_missing'
  | 'token_not_accepted'
  | 'token_bound'
  | 'token_not_bound'
  | 'token_revoked'
  | 'audience_mismatch'
  | 'scope_insufficient'
  | ProofRefusal['reason']

/** What is known about a refused request after its token was verified. */
type Known = {
  readonly claims?: IssuedTokenClaims
  readonly resource?: string
  /** The check that a proof did not pass. */
  readonly check?: Extract<ProofRefusal, { check: unknown }>['check']
}

/** The schemes of the challenges of a refusal. */
export type ForwardScheme = 'Bearer' | 'DPoP'

export type ForwardOutcome =
  | {
      readonly allowed: true
      readonly at: number
      readonly claims: IssuedTokenClaims
      /** A resource of the trust document. */
      readonly resource: string
      readonly scheme: ForwardScheme
    }
  | {
      readonly allowed: false
      readonly at: number
      readonly reason: ForwardRefusal
      readonly requiredScopes: readonly string[]
      readonly schemes: readonly ForwardScheme[]
      readonly known: Known
    }

/**
 * The log event of a refusal. It contains only names and ids of this deployment. Otherwise callers
 * could write values of their choice into the log (LOG-03).
 */
export type RefusalEvent = {
  readonly event: 'forward_auth_refused'
  /** Epoch seconds. */
  readonly at: number
  readonly reason: ForwardRefusal
  readonly check?: Known['check']
  /** A resource of the trust document. */
  readonly resource?: string
  readonly tokenId?: string
  readonly rule?: string
}

/**
 * Decides one request. Throws `Unavailable` if the trust snapshot or the revocations cannot be
 * loaded.
 */
export async function forwardAuth(
  request: ForwardRequest,
  settings: ForwardAuthSettings,
  ports: ForwardAuthPorts,
): Promise<ForwardOutcome> {
  const at = ports.clock()
  const question = parseForwardQuestion(request)
  if (question === undefined) return refuse(at, 'question_malformed')
  const sent = parseSentToken(request.header('authorization'))
  // RFC 6750 §3.1: a request without a token gets no error code. Another scheme counts as no token.
  if (sent === undefined) return refuse(at, 'token_missing', {}, { schemes: schemesOf(question) })
  const { scheme, token } = sent
  const no: Refuse = (reason, known, advice = { schemes: [scheme] }) =>
    refuse(at, reason, known, advice)
  if (token === undefined) return no('token_not_accepted')
  const ring = publishedRing(ports.keyRing, at, settings.maxTokenLifetimeSeconds)
  const claims = await verifyOwnToken(token, ring, settings.gatewayIssuer, at)
  if (claims === undefined) return no('token_not_accepted')
  const jkt = findBoundKey(claims)
  // The holder of a stolen token has no proof (PR-13, DP-21). A certificate belongs to the connection
  // of the client with the proxy, which is not visible here.
  if (jkt === 'unknown' || (jkt !== undefined && (scheme !== 'DPoP' || !question.proof))) {
    const schemes: readonly ForwardScheme[] = question.proof ? ['DPoP'] : [scheme]
    return no('token_bound', { claims }, { schemes })
  }
  if (jkt === undefined && scheme === 'DPoP') return no('token_not_bound', { claims })
  const { isRevoked } = await ports.loadRevocations(at)
  if (await isRevoked(revocableOf(claims, token))) return no('token_revoked', { claims })
  const outcome = await decide({ at, claims, question, scheme, no }, ports.loadTrust)
  if (!outcome.allowed || jkt === undefined || question.proof === undefined) return outcome
  const { resource } = outcome
  const { header } = request
  // Last, so that only a request that is otherwise allowed uses its proof up.
  const refusal = await checkForwardProof(
    { header, token, jkt, proof: question.proof, resource, at },
    ports,
  )
  if (refusal === undefined) return outcome
  const { reason, ...fact } = refusal
  return no(reason, { claims, resource, ...fact })
}

/** The schemes that a client may use. A proxy that sends no description of requests takes no proofs. */
function schemesOf({ proof }: ForwardQuestion): readonly ForwardScheme[] {
  return proof === undefined ? ['Bearer'] : ['Bearer', 'DPoP']
}

/** The thumbprint of the key that the token is bound to, or undefined for a token without a binding. */
function findBoundKey(claims: IssuedTokenClaims): string | 'unknown' | undefined {
  if (!Object.hasOwn(claims, 'cnf')) return undefined
  const held = readConfirmation(claims.cnf)
  return held !== undefined && 'jkt' in held ? held.jkt : 'unknown'
}

/** Refuses a request. Without advice, the client may try again with the scheme that it used. */
type Refuse = (reason: ForwardRefusal, known?: Known, advice?: Advice) => ForwardOutcome

/** A question, and the verified token of the client. */
type VerifiedQuestion = {
  /** Epoch seconds. */
  readonly at: number
  readonly claims: IssuedTokenClaims
  readonly question: ForwardQuestion
  readonly scheme: ForwardScheme
  readonly no: Refuse
}

/**
 * Checks the resource and the scopes. Only the holder of a valid token can find out which resources
 * exist.
 */
async function decide(
  { at, claims, question, scheme, no }: VerifiedQuestion,
  loadTrust: LoadTrust,
): Promise<ForwardOutcome> {
  const { resource, scopes } = question
  const { document } = await loadTrust(at)
  if (document === undefined) throw new Unavailable('trust_document')
  const found = findTarget(document, resource)
  if (found === undefined) return no('resource_unknown', { claims })
  const known = { claims, resource: found.uri }
  // Otherwise a misspelt scope in the proxy's configuration would look like an error of every
  // client.
  if (scopes.some((scope) => !found.scopes.has(scope))) return no('scope_unknown', known)
  // Tokens contain the audience of the trust document. The proxy may use another name or spelling.
  if (claims.aud !== found.audience) return no('audience_mismatch', known)
  // A token from before the resource required it, or a mistake (DPOP-04).
  if (found.proofOfPossession === 'required' && scheme !== 'DPoP') {
    return no('token_not_bound', known, { schemes: ['DPoP'] })
  }
  const has = new Set(scopesOf(claims))
  if (scopes.some((scope) => !has.has(scope))) {
    return no('scope_insufficient', known, { schemes: [scheme], requiredScopes: scopes })
  }
  return { allowed: true, at, claims, resource: found.uri, scheme }
}

/** What a client can do about a refusal. */
type Advice = {
  readonly schemes?: readonly ForwardScheme[]
  readonly requiredScopes?: readonly string[]
}

function refuse(
  at: number,
  reason: ForwardRefusal,
  known: Known = {},
  { schemes = ['Bearer'], requiredScopes = [] }: Advice = {},
): ForwardOutcome {
  return { allowed: false, at, reason, requiredScopes, schemes, known }
}

export function describeRefusal(outcome: ForwardOutcome & { readonly allowed: false }) {
  const { claims, resource, check } = outcome.known
  const event: RefusalEvent = {
    event: 'forward_auth_refused',
    at: outcome.at,
    reason: outcome.reason,
    ...(check === undefined ? {} : { check }),
    ...(resource === undefined ? {} : { resource }),
    ...(claims === undefined ? {} : { tokenId: claims.jti, rule: claims.client_id }),
  }
  return event
}
