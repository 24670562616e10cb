/**
 * The door `edgemint/verify/fetch`: the verifier around a handler that takes a `Request` and gives
 * a `Response`: plain Workers, Deno, Bun, and frameworks that speak the Fetch API.
 */
import type { VerifiedToken } from '../claims.ts'
import type { RequestContext } from '../keys/remote-keys.ts'
import type { VerifierOptions } from '../options.ts'
import { VerificationError } from '../verification-error.ts'
import { asVerifier, type Verifier } from '../verifier.ts'

/** A handler that is only called with a verified token. `Rest` is what the platform adds. */
export type TokenHandler<Rest extends readonly unknown[]> = (
  request: Request,
  token: VerifiedToken,
  ...rest: Rest
) => Response | Promise<Response>

/**
 * Calls the handler only for a request with a valid token of the gateway. Everyone else gets the
 * answer of RFC 6750 §3: 401, 403, 400, or 503 when the gateway cannot be asked. What the platform
 * passes besides the request (on Workers: bindings and execution context) goes on to the handler.
 *
 * Takes the options of `createVerifier`, or a verifier. One verifier has one memory of keys and
 * answers: for routes with different scopes make one, and `narrow` it for each.
 *
 * @throws TypeError at once when an option is wrong; the sentence names it.
 *
 * @example
 * export default { fetch: withToken({ issuer, audience }, (request, token) => serve(request, token)) }
 */
export function withToken<Rest extends readonly unknown[] = []>(
  guard: VerifierOptions | Verifier,
  handler: TokenHandler<Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const verifier = asVerifier(guard)
  return async function fetch(request, ...rest) {
    let token: VerifiedToken
    try {
      token = await verifier.verifyRequest(request, rest.find(isRequestContext))
    } catch (error) {
      if (error instanceof VerificationError) return verifier.renderRefusal(error)
      throw error
    }
    return handler(request, token, ...rest)
  }
}

function isRequestContext(value: unknown): value is RequestContext {
  return (
    typeof value === 'object' &&
    value !== null &&
    'waitUntil' in value &&
    typeof value.waitUntil === 'function'
  )
}
