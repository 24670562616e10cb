/**
 * The door `edgemint/verify/hono`: the verifier as middleware. It puts the verified token into the
 * context or answers the challenge itself; what else a request needs is the app's business.
 */
import type { MiddlewareHandler } from 'hono'
import type { VerifiedToken } from './claims.ts'
import type { VerifierOptions } from './options.ts'
import { VerificationError } from './verification-error.ts'
import { createVerifier } from './verifier.ts'

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
 * Takes the options of `createVerifier`. One middleware has one memory of keys and answers, so
 * make it once and use it on every route that needs the same scopes.
 *
 * @throws TypeError at once when an option is wrong; the sentence names it.
 *
 * @example
 * const canRead = requireToken({ issuer, audience, scopes: ['deploy:read'] })
 * app.get('/deployments', canRead, (c) => c.json({ caller: c.get('token').subject }))
 */
export function requireToken<E extends { Variables: TokenVariables } = DefaultEnv>(
  options: VerifierOptions,
): MiddlewareHandler<E> {
  const verifier = createVerifier(options)
  return async function requireToken(c, next) {
    try {
      c.set('token', await verifier.verifyRequest(c.req.raw))
    } catch (error) {
      if (error instanceof VerificationError) return verifier.renderRefusal(error)
      throw error
    }
    return next()
  }
}
