/**
 * The entry point `edgemint/verify/hono`: the verifier as middleware. It puts the verified token into
 * the context, or answers with the challenge.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { isJsonObject } from '../../web/json.ts'
import { rememberRequest } from '../authorization.ts'
import type { VerifiedToken } from '../claims.ts'
import type { RequestContext } from '../keys/remote-keys.ts'
import type { VerifierOptions } from '../options.ts'
import { VerificationError } from '../verification-error.ts'
import { asVerifier, type Verifier } from '../verifier.ts'
import { mayHideHeaders } from './node-request.ts'

/**
 * The variables that `requireToken` sets in a Hono context, for the type of the app.
 *
 * @example
 * const app = new Hono<{ Variables: TokenVariables }>()
 */
export type TokenVariables = { token: VerifiedToken }

type DefaultEnv = { Variables: TokenVariables }

/** The received request of each context. Other middleware may replace `c.req.raw`, as `bodyLimit` does. */
const received = new WeakMap<object, Request>()

/**
 * Passes a request on only if it has a valid token of the gateway, and sets `c.get('token')`. Any
 * other request gets the answer of RFC 6750 §3: 400, 401 or 403, or 503 when the gateway is
 * unreachable.
 *
 * Takes the options of `createVerifier`, or a verifier. A verifier caches keys and revocation
 * answers. For routes with different scopes, create one verifier and use `narrow` for each route.
 *
 * @throws TypeError if an option is wrong. The message names the option.
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
    const { raw } = c.req
    const request = received.get(c) ?? raw
    received.set(c, request)
    let token: VerifiedToken
    try {
      checkHeaders(c)
      token = await verifier.verifyRequest(rememberRequest(raw, request), findContext(c))
      c.set('token', token)
    } catch (error) {
      if (error instanceof VerificationError) return verifier.renderRefusal(error)
      throw error
    }
    await next()
    // After the handler, because its own `Response` would not get headers that were set before. The
    // answer to a WebSocket upgrade must be returned as it is: the platform connects both ends.
    const headers = verifier.answerHeaders(token)
    if (headers.length === 0 || c.res.status === 101) return undefined
    for (const [name, value] of headers) c.header(name, value)
    return undefined
  }
}

/** On Node, the bindings of Hono have the request of Node's `http`, which may hide headers (PR-08). */
function checkHeaders<E extends { Variables: TokenVariables }>(c: Context<E>): void {
  const bindings: unknown = c.env
  if (isJsonObject(bindings) && mayHideHeaders(bindings.incoming ?? {})) {
    throw new VerificationError('invalid_request', 'authorization_malformed')
  }
}

/** Returns the execution context, or an empty one where Hono throws because the platform has none. */
function findContext<E extends { Variables: TokenVariables }>(c: Context<E>): RequestContext {
  try {
    return c.executionCtx
  } catch {
    return {}
  }
}
