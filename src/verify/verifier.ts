/**
 * Runs the steps of a verification in order: form, key, signature, claims, binding, revocation,
 * scopes. Each step has its own file. This file creates the caches that the steps share between
 * requests.
 */
import { DPOP_NONCE } from '../protocol/dpop/words.ts'
import { type PresentedToken, readPresentedToken, type TokenCarrier } from './authorization.ts'
import { rememberScheme, renderRefusal } from './challenge.ts'
import { checkActor, checkClaims, checkScopes, type VerifiedToken } from './claims.ts'
import { type CheckRevocation, createRevocationCheck } from './introspection.ts'
import { createRemoteKeys, type RemoteKeys, type RequestContext } from './keys/remote-keys.ts'
import {
  narrowSettings,
  parseOptions,
  type TokenNeeds,
  type VerifierOptions,
  type VerifierSettings,
} from './options.ts'
import { type CheckBinding, createBindingCheck } from './proof/binding.ts'
import { checkRequiredClaims } from './required-claims.ts'
import { type CheckStatus, createStatusCheck } from './status/status-check.ts'
import { parseHeader, verifySignature } from './token.ts'
import { VerificationError } from './verification-error.ts'

/** Verifies the access tokens that one gateway issued for one API. `createVerifier` makes it. */
export type Verifier = {
  /**
   * Checks one token (RFC 9068 §4). On Workers, pass the execution context as `context`. It refuses a
   * token that is bound to a key, because the proof belongs to the request: use `verifyRequest`.
   * @throws VerificationError, never with the code `token_missing` or `invalid_request`
   */
  readonly verify: (token: string, context?: RequestContext) => Promise<VerifiedToken>
  /**
   * Reads the token from the `Authorization` header (RFC 6750 §2.1, RFC 9449 §7.1) and checks it and
   * its proof. It never reads the body.
   * @throws VerificationError
   */
  readonly verifyRequest: (
    request: TokenCarrier,
    context?: RequestContext,
  ) => Promise<VerifiedToken>
  /** Returns the answer to the caller: status, challenge and JSON body (RFC 6750 §3). */
  readonly renderRefusal: (error: VerificationError) => Response
  /**
   * Returns the headers to add to the answer for a verified token: a new `DPoP-Nonce` if its client
   * needs one soon, with the option `proofNonce` (RFC 9449 §8.2). The entry points for frameworks add
   * them.
   */
  readonly answerHeaders: (token: VerifiedToken) => readonly (readonly [string, string])[]
  /**
   * Loads the gateway's keys before the first token arrives, such as at the start of a process. You
   * may ignore a failure, because the first request then tries again.
   * @throws VerificationError `keys_unavailable` when no usable keys are available
   */
  readonly prefetch: () => Promise<void>
  /**
   * Returns a verifier that also requires these scopes and claims, such as for one route. It shares
   * the caches of keys and revocation answers.
   * @throws TypeError
   */
  readonly narrow: (needs: TokenNeeds) => Verifier
}

/**
 * Creates a verifier for the tokens of one gateway and one API (RFC 9068 §4, RFC 6750).
 *
 * Create it once, outside the handler. It caches the gateway's keys and refreshes them in the
 * background after 10 minutes. With `revocation: { introspect: true }` it also caches the gateway's
 * answers for `maxAgeSeconds` (default 10). It fetches nothing before `prefetch` or the first token.
 *
 * Required options: `issuer`, `audience`. Optional: `typ`, `scopes`, `claims`, `actor`,
 * `clockSkewSeconds` (0 to 60, default 30), `revocation`, `realm`, `resourceMetadata`,
 * `proofOfPossession`, `publicUrl`, `claimProof`, `proofNonce`, `clientCertificate`, `fetch`, `now`
 * (epoch seconds). See `VerifierOptions`.
 *
 * @throws TypeError if an option is wrong. The message names the option. The methods of the verifier
 * throw `VerificationError`.
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
  const checkStatus = settings.checksStatusList ? createStatusCheck(keys, settings) : undefined
  const checkBinding = createBindingCheck(settings)
  const nonces = new WeakMap()
  return makeVerifier(settings, { keys, checkRevocation, checkStatus, checkBinding, nonces })
}

/** The caches that the verifiers of one gateway and one API share. */
type Memory = {
  readonly keys: RemoteKeys
  readonly checkRevocation: CheckRevocation | undefined
  readonly checkStatus: CheckStatus | undefined
  readonly checkBinding: CheckBinding
  /** The next nonce of a caller, by its verified token. */
  readonly nonces: WeakMap<VerifiedToken, string>
}

function makeVerifier(settings: VerifierSettings, memory: Memory): Verifier {
  const { keys, checkRevocation, checkStatus, checkBinding, nonces } = memory
  const { proofOfPossession } = settings.proof

  async function check(
    presented: PresentedToken,
    context: RequestContext = {},
  ): Promise<VerifiedToken> {
    const { token } = presented
    const header = parseHeader(token, settings.typs)
    const key = await keys.findKey(header, context)
    const claims = await verifySignature(token, header, key)
    const verified = checkClaims(claims, settings, settings.now())
    const { nextNonce } = await checkBinding(claims.cnf, presented, proofOfPossession)
    if (nextNonce !== undefined) nonces.set(verified, nextNonce)
    checkRequiredClaims(verified, settings.claims)
    checkActor(verified, settings.actor)
    await checkRevocation?.(token, verified, context)
    await checkStatus?.(verified.claims, context)
    // The last check, so that `insufficient_scope` means that the token is otherwise valid.
    checkScopes(verified, settings.scopes)
    return verified
  }

  async function verifyRequest(
    request: TokenCarrier,
    context?: RequestContext,
  ): Promise<VerifiedToken> {
    const presented = readPresentedToken(request)
    try {
      return await check(presented, context)
    } catch (error) {
      if (error instanceof VerificationError) rememberScheme(error, presented.scheme)
      throw error
    }
  }

  return Object.freeze({
    verify: (token: string, context?: RequestContext) =>
      check({ token, scheme: 'Bearer', carrier: undefined }, context),
    verifyRequest,
    renderRefusal: (error: VerificationError) => renderRefusal(error, settings),
    answerHeaders: (token: VerifiedToken) => {
      const nonce = nonces.get(token)
      return nonce === undefined ? [] : [[DPOP_NONCE, nonce] as const]
    },
    prefetch: keys.prefetch,
    narrow: (needs: TokenNeeds) => makeVerifier(narrowSettings(settings, needs), memory),
  })
}

/** Accepts options, or a verifier whose caches several routes share. */
export function asVerifier(guard: VerifierOptions | Verifier): Verifier {
  const isMade = typeof guard === 'object' && guard !== null && 'verifyRequest' in guard
  return isMade ? guard : createVerifier(guard)
}
