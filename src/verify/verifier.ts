/**
 * The order of one verification: shape, key, signature, claims, revocation, scopes. Each step is
 * a file of its own; only what they remember between requests is made here.
 */
import { readBearerToken, type TokenCarrier } from './authorization.ts'
import { renderRefusal } from './challenge.ts'
import { checkClaims, checkScopes, type VerifiedToken } from './claims.ts'
import { type CheckRevocation, createRevocationCheck } from './introspection.ts'
import { createRemoteKeys, type RemoteKeys, type RequestContext } from './keys/remote-keys.ts'
import {
  narrowSettings,
  parseOptions,
  type TokenNeeds,
  type VerifierOptions,
  type VerifierSettings,
} from './options.ts'
import { checkRequiredClaims } from './required-claims.ts'
import { parseHeader, verifySignature } from './token.ts'
import type { VerificationError } from './verification-error.ts'

/** Verifies the access tokens that one gateway issued for one API. Made by `createVerifier`. */
export type Verifier = {
  /**
   * Checks one token (RFC 9068 §4). On Workers, give it the execution context as `context`.
   * @throws VerificationError, never with a code `token_missing` or `invalid_request`
   */
  readonly verify: (token: string, context?: RequestContext) => Promise<VerifiedToken>
  /**
   * Takes the token from the `Authorization` header (RFC 6750 §2.1) and checks it. Never reads the
   * body.
   * @throws VerificationError
   */
  readonly verifyRequest: (
    request: TokenCarrier,
    context?: RequestContext,
  ) => Promise<VerifiedToken>
  /** The answer to the caller: status, challenge and JSON body (RFC 6750 §3). */
  readonly renderRefusal: (error: VerificationError) => Response
  /**
   * Loads the gateway's keys before the first token comes, where a process has a start to do it in.
   * A failure may be ignored: the first request then tries again.
   * @throws VerificationError `keys_unavailable` when there are none that may be used
   */
  readonly prefetch: () => Promise<void>
  /**
   * A verifier that demands these scopes and claims too, with the same memory of keys and answers:
   * one for each route.
   * @throws TypeError
   */
  readonly narrow: (needs: TokenNeeds) => Verifier
}

/**
 * Makes a verifier for the tokens of one gateway and one API (RFC 9068 §4, RFC 6750).
 *
 * Make it once, outside the handler: it remembers the gateway's keys, refreshes them behind a
 * request after 10 minutes and, with `revocation: { introspect: true }`, remembers the gateway's
 * answers for `maxAgeSeconds` (default 10). Nothing is fetched before `prefetch` or the first token.
 *
 * Options: `issuer`, `audience`, and if needed `typ`, `scopes`, `claims`, `clockSkewSeconds` (0 to 60,
 * default 30), `revocation`, `realm`, `resourceMetadata`, `fetch`, `now` (epoch seconds). See
 * `VerifierOptions`.
 *
 * @throws TypeError at once when an option is wrong; the sentence names it. Its methods throw
 * `VerificationError`.
 *
 * @example
 * const verifier = createVerifier({
 *   issuer: 'https://sts.acme.dev',
 *   audience: 'https://api.acme.dev',
 *   scopes: ['deploy:read'],
 * })
 * const token = await verifier.verifyRequest(request)
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const settings = parseOptions(options)
  const { revocationMaxAgeSeconds } = settings
  const keys = createRemoteKeys(settings)
  const checkRevocation =
    revocationMaxAgeSeconds === undefined
      ? undefined
      : createRevocationCheck(
          revocationMaxAgeSeconds,
          async (context) => (await keys.describeGateway(context)).introspectionEndpoint,
          settings,
        )
  return makeVerifier(settings, { keys, checkRevocation })
}

/** What verifiers of one gateway and one API share. */
type Memory = { readonly keys: RemoteKeys; readonly checkRevocation: CheckRevocation | undefined }

function makeVerifier(settings: VerifierSettings, memory: Memory): Verifier {
  const { keys, checkRevocation } = memory

  async function verify(token: string, context: RequestContext = {}): Promise<VerifiedToken> {
    const header = parseHeader(token, settings.typs)
    const key = await keys.findKey(header, context)
    const claims = await verifySignature(token, header, key)
    const verified = checkClaims(claims, settings, settings.now())
    checkRequiredClaims(verified, settings.claims)
    await checkRevocation?.(token, verified.expiresAt, context)
    // Last, so that "too little scope" is only ever said of a token that is alive.
    checkScopes(verified, settings.scopes)
    return verified
  }

  return Object.freeze({
    verify,
    verifyRequest: async (request: TokenCarrier, context?: RequestContext) =>
      verify(readBearerToken(request), context),
    renderRefusal: (error: VerificationError) => renderRefusal(error, settings),
    prefetch: keys.prefetch,
    narrow: (needs: TokenNeeds) => makeVerifier(narrowSettings(settings, needs), memory),
  })
}

/** Doors take either: options for one guard, a verifier for several that share its memory. */
export function asVerifier(guard: VerifierOptions | Verifier): Verifier {
  const isMade = typeof guard === 'object' && guard !== null && 'verifyRequest' in guard
  return isMade ? guard : createVerifier(guard)
}
