/**
 * Forward auth: may the request behind this one pass? A proxy asks before it forwards; the bearer
 * is its client's. Steps in order: the question, the bearer, the token, its revocation, the
 * resource, the audience, the scopes. Each ends it; only the last says yes.
 */
import { parseBearer } from '../../protocol/bearer.ts'
import type { IssuedTokenClaims } from '../../protocol/token.ts'
import { findResource } from '../policy/compile/resource-uri.ts'
import { type Clock, type LoadRevocations, type LoadTrust, Unavailable } from '../ports.ts'
import { type KeyRing, publishedRing } from '../tokens/keyring.ts'
import { scopesOf, verifyOwnToken } from '../tokens/own-token.ts'
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
  /** The proxy's configuration: it must be put right, and nobody passes until then. */
  | 'question_malformed'
  | 'resource_unknown'
  | 'scope_unknown'
  /** The client. */
  | 'token_missing'
  | 'token_not_accepted'
  | 'token_bound'
  | 'token_revoked'
  | 'audience_mismatch'
  | 'scope_insufficient'

/** What is known of a refused request once its token has proven to be ours. */
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
 * For the log: only names and ids of the deployment. Otherwise callers could fill the log with
 * values of their own choice (LOG-03).
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

/** Throws `Unavailable` when trust or revocations cannot be had. */
export async function forwardAuth(
  request: ForwardRequest,
  settings: ForwardAuthSettings,
  ports: ForwardAuthPorts,
): Promise<ForwardOutcome> {
  const at = ports.clock()
  const question = parseForwardQuestion(request)
  if (question === undefined) return refuse(at, 'question_malformed')
  const bearer = parseBearer(request.header('authorization'))
  // RFC 6750 §3.1: who came without a token made no mistake. Another scheme is no token either.
  if (bearer.kind === 'absent' || bearer.kind === 'other_scheme') {
    return refuse(at, 'token_missing')
  }
  if (bearer.kind === 'malformed') return refuse(at, 'token_not_accepted')
  const { token } = bearer
  const ring = publishedRing(ports.keyRing, at, settings.maxTokenLifetimeSeconds)
  const claims = await verifyOwnToken(token, ring, settings.gatewayIssuer, at)
  if (claims === undefined) return refuse(at, 'token_not_accepted')
  // A bound token needs a proof made for the client's own request, which is not visible here
  // (PR-13).
  if (Object.hasOwn(claims, 'cnf')) return refuse(at, 'token_bound', { claims })
  const { isRevoked } = await ports.loadRevocations(at)
  if (await isRevoked(claims)) return refuse(at, 'token_revoked', { claims })
  return decide(at, claims, question, ports.loadTrust)
}

/** Only who has a live token of ours learns which resources there are. */
async function decide(
  at: number,
  claims: IssuedTokenClaims,
  { resource, scopes }: ForwardQuestion,
  loadTrust: LoadTrust,
): Promise<ForwardOutcome> {
  const { document } = await loadTrust(at)
  if (document === undefined) throw new Unavailable('trust_document')
  const found = findResource(document.resources, resource)
  if (found === undefined) return refuse(at, 'resource_unknown', { claims })
  const known = { claims, resource: found.uri }
  // Otherwise a scope that was misspelt in the proxy would look like every client's fault.
  if (scopes.some((scope) => !found.scopes.has(scope))) return refuse(at, 'scope_unknown', known)
  // Tokens have the spelling of the trust document, whatever spelling the proxy asks with.
  if (claims.aud !== found.uri) return refuse(at, 'audience_mismatch', known)
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
