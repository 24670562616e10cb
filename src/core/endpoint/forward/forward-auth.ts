/**
 * Decides forward auth requests. Before a proxy forwards a request of its client, it asks here
 * whether the client's bearer token allows it. The steps in order: question, bearer token,
 * signature, revocation, resource, audience, scopes. Each step can refuse the request.
 */
import { parseBearer } from '../../../protocol/bearer.ts'
import type { IssuedTokenClaims } from '../../../protocol/token.ts'
import { findTarget } from '../../policy/compile/resource-uri.ts'
import { type Clock, type LoadRevocations, type LoadTrust, Unavailable } from '../../ports.ts'
import { type KeyRing, publishedRing } from '../../tokens/keyring.ts'
import { scopesOf, verifyOwnToken } from '../../tokens/own-token.ts'
import {
  type ForwardQuestion,
  type ForwardRequest,
  parseForwardQuestion,
} from './forward-question.ts'

export type ForwardAuthSettings = {
  readonly gatewayIssuer: string
  readonly maxTokenLifetimeSeconds: number
}

export type ForwardAuthPorts = {
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
  | 'token_revoked'
  | 'audience_mismatch'
  | 'scope_insufficient'

/** What is known about a refused request after its token was verified. */
type Known = { readonly claims?: IssuedTokenClaims; readonly resource?: string }

export type ForwardOutcome =
  | { readonly allowed: true; readonly at: number; readonly claims: IssuedTokenClaims }
  | {
      readonly allowed: false
      readonly at: number
      readonly reason: ForwardRefusal
      readonly requiredScopes: readonly string[]
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
  const bearer = parseBearer(request.header('authorization'))
  // RFC 6750 §3.1: a request without a token gets no error code. Another scheme counts as no token.
  if (bearer.kind === 'absent' || bearer.kind === 'other_scheme') {
    return refuse(at, 'token_missing')
  }
  if (bearer.kind === 'malformed') return refuse(at, 'token_not_accepted')
  const { token } = bearer
  const ring = publishedRing(ports.keyRing, at, settings.maxTokenLifetimeSeconds)
  const claims = await verifyOwnToken(token, ring, settings.gatewayIssuer, at)
  if (claims === undefined) return refuse(at, 'token_not_accepted')
  // A key-bound token needs a proof for the client's own request, which is not visible here
  // (PR-13).
  if (Object.hasOwn(claims, 'cnf')) return refuse(at, 'token_bound', { claims })
  const { isRevoked } = await ports.loadRevocations(at)
  if (await isRevoked(claims)) return refuse(at, 'token_revoked', { claims })
  return decide(at, claims, question, ports.loadTrust)
}

/**
 * Checks the resource and the scopes. Only the holder of a valid token can find out which resources
 * exist.
 */
async function decide(
  at: number,
  claims: IssuedTokenClaims,
  { resource, scopes }: ForwardQuestion,
  loadTrust: LoadTrust,
): Promise<ForwardOutcome> {
  const { document } = await loadTrust(at)
  if (document === undefined) throw new Unavailable('trust_document')
  const found = findTarget(document, resource)
  if (found === undefined) return refuse(at, 'resource_unknown', { claims })
  const known = { claims, resource: found.uri }
  // Otherwise a misspelt scope in the proxy's configuration would look like an error of every
  // client.
  if (scopes.some((scope) => !found.scopes.has(scope))) return refuse(at, 'scope_unknown', known)
  // Tokens contain the audience of the trust document. The proxy may use another name or spelling.
  if (claims.aud !== found.audience) return refuse(at, 'audience_mismatch', known)
  const has = new Set(scopesOf(claims))
  if (scopes.some((scope) => !has.has(scope))) {
    return refuse(at, 'scope_insufficient', known, scopes)
  }
  return { allowed: true, at, claims }
}

function refuse(
  at: number,
  reason: ForwardRefusal,
  known: Known = {},
  requiredScopes: readonly string[] = [],
): ForwardOutcome {
  return { allowed: false, at, reason, requiredScopes, known }
}

export function describeRefusal(outcome: ForwardOutcome & { readonly allowed: false }) {
  const { claims, resource } = outcome.known
  const event: RefusalEvent = {
    event: 'forward_auth_refused',
    at: outcome.at,
    reason: outcome.reason,
    ...(resource === undefined ? {} : { resource }),
    ...(claims === undefined ? {} : { tokenId: claims.jti, rule: claims.client_id }),
  }
  return event
}
