/**
 * The door `edgemint/verify/hono`: the verifier as middleware. It puts the verified token into the
 * context or answers the challenge itself; what else a request needs is the app's business.
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { VerifiedToken } from '../claims.ts'
import type { RequestContext } from '../keys/remote-keys.ts'
import type { VerifierOptions } from '../options.ts'
import { VerificationError } from '../verification-error.ts'
import { asVerifier, type Verifier } from '../verifier.ts'

/**
 * What `requireToken` puts into a Hono context, for the type of the app.
 *
 * @example
 * const app = new Hono<{ Variables: TokenVariables }>()
 */
export type TokenVariables = { token: VerifiedToken }

type DefaultEnv = { Variables: TokenVariables }

/**
 * Lets a request pass only with a valid token of the gateway, and sets `c.get('token')`. Everyone
 * else gets the answer of RFC 6750 §3: 401, 403, 400, or 503 when the gateway cannot be asked.
 *
 * Takes the options of `createVerifier`, or a verifier. One verifier has one memory of keys and
 * answers: for routes with different scopes make one, and `narrow` it for each.
 *
 * @throws TypeError at once when an option is wrong; the sentence names it.
 *
 * @example
 * const canRead = requireToken({ issuer, audience, scopes: ['deploy:read'] })
 * app.get('/deployments', canRead, (c) => c.json({ caller: c.get('token').subject }))
 */
export function requireToken<E extends { Variables: TokenVariables } = DefaultEnv>(
  guard: VerifierOptions | Verifier,
): MiddlewareHandler<E> {
  const verifier = asVerifier(guard)
  return async function requireToken(c, next) {
    try {
      c.set('token', await verifier.verifyRequest(c.req.raw, findContext(c)))
    } catch (error) {
      if (error instanceof VerificationError) return verifier.renderRefusal(error)
      throw error
    }
    return next()
  }
}

/** Hono throws where the platform gave it no execution context. */
function findContext<E extends { Variables: TokenVariables }>(c: Context<E>): RequestContext {
  try {
    return c.executionCtx
  } catch {
    return {}
  }
}
