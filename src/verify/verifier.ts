/**
 * The order of one verification: shape, key, signature, claims, revocation, scopes. Each step is
 * a file of its own; only what they remember between requests is made here.
 */
import { readBearerToken } from './authorization.ts'
import { renderRefusal } from './challenge.ts'
import { checkClaims, checkScopes, type VerifiedToken } from './claims.ts'
import { createRevocationCheck } from './introspection.ts'
import { parseOptions, type VerifierOptions } from './options.ts'
import { createRemoteKeys } from './remote-keys.ts'
import { parseHeader, verifySignature } from './token.ts'
import type { VerificationError } from './verification-error.ts'

/** Verifies the access tokens that one gateway issued for one API. Made by `createVerifier`. */
export type Verifier = {
  /**
   * Checks one token (RFC 9068 §4).
   * @throws VerificationError, never with a code `token_missing` or `invalid_request`
   */
  readonly verify: (token: string) => Promise<VerifiedToken>
  /**
   * Takes the token from the `Authorization` header (RFC 6750 §2.1) and checks it.
   * @throws VerificationError
   */
  readonly verifyRequest: (request: Request) => Promise<VerifiedToken>
  /** The answer to the caller: status, challenge and JSON body (RFC 6750 §3). */
  readonly renderRefusal: (error: VerificationError) => Response
}

/**
 * Makes a verifier for the tokens of one gateway and one API (RFC 9068 §4, RFC 6750).
 *
 * Make it once, outside the handler: it remembers the gateway's keys for 10 minutes and, with
 * `revocation: { introspect: true }`, the gateway's answers for `maxAgeSeconds` (default 10).
 * Nothing is fetched until the first token comes.
 *
 * Options: `issuer`, `audience`, and if needed `scopes`, `clockSkewSeconds` (0 to 60, default 30),
 * `revocation`, `realm`, `fetch`, `now` (epoch seconds). See `VerifierOptions`.
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
  const { revocationMaxAgeSeconds, now } = settings
  const keys = createRemoteKeys(settings)
  const checkRevocation =
    revocationMaxAgeSeconds === undefined
      ? undefined
      : createRevocationCheck(
          revocationMaxAgeSeconds,
          async () => (await keys.describeGateway()).introspectionEndpoint,
          settings,
        )

  async function verify(token: string): Promise<VerifiedToken> {
    const header = parseHeader(token)
    const key = await keys.findKey(header.keyId)
    const claims = await verifySignature(token, header, key)
    const verified = checkClaims(claims, settings, now())
    await checkRevocation?.(token, verified.expiresAt)
    // Last, so that "too little scope" is only ever said of a token that is alive.
    checkScopes(verified, settings.scopes)
    return verified
  }

  return Object.freeze({
    verify,
    verifyRequest: async (request: Request) => verify(readBearerToken(request)),
    renderRefusal: (error: VerificationError) => renderRefusal(error, settings),
  })
}
