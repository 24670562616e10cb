/**
 * The entry point `edgemint/verify/fetch`: wraps a handler that takes a `Request` and returns a
 * `Response`. It works on Workers, Deno, Bun, and with frameworks that use the Fetch API.
 */
import { rememberRequest } from '../authorization.ts'
import type { VerifiedToken } from '../claims.ts'
import { demand } from '../demand.ts'
import type { RequestContext } from '../keys/remote-keys.ts'
import type { VerifierOptions } from '../options.ts'
import { VerificationError } from '../verification-error.ts'
import { asVerifier, type Verifier } from '../verifier.ts'

/** A handler that is called only with a verified token. `Rest` is the platform's other arguments. */
export type TokenHandler<Rest extends readonly unknown[]> = (
  request: Request,
  token: VerifiedToken,
  ...rest: Rest
) => Response | Promise<Response>

/**
 * Calls the handler only for a request with a valid token of the gateway. Any other request gets
 * the answer of RFC 6750 §3: 400, 401 or 403, or 503 when the gateway is unreachable. The handler
 * also gets the platform's other arguments (on Workers: bindings and execution context).
 *
 * Takes the options of `createVerifier`, or a verifier. A verifier caches keys and revocation
 * answers. For routes with different scopes, create one verifier and use `narrow` for each route.
 *
 * @throws TypeError if an option is wrong. The message names the option.
 *
 * @example
 * export default { fetch: withToken({ issuer, audience }, (request, token) => serve(request, token)) }
 */
export function withToken<Rest extends readonly unknown[] = []>(
  guard: VerifierOptions | Verifier,
  handler: TokenHandler<Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const verifier = asVerifier(guard)
  demand(typeof handler === 'function', 'handler must be a function')
  return async function fetch(request, ...rest) {
    let token: VerifiedToken
    try {
      const carrier = rememberRequest(request, request)
      token = await verifier.verifyRequest(carrier, rest.find(isRequestContext))
    } catch (error) {
      if (error instanceof VerificationError) return verifier.renderRefusal(error)
      throw error
    }
    return addHeaders(await handler(request, token, ...rest), verifier.answerHeaders(token))
  }
}

/** The headers of an answer may be immutable, so this makes a new answer if there is one to add. */
function addHeaders(answer: Response, headers: ReturnType<Verifier['answerHeaders']>): Response {
  // A WebSocket upgrade must be returned as it is: the platform connects both ends.
  if (headers.length === 0 || answer.status === 101) return answer
  const added = new Response(answer.body, answer)
  for (const [name, value] of headers) added.headers.set(name, value)
  return added
}

function isRequestContext(value: unknown): value is RequestContext {
  return (
    typeof value === 'object' &&
    value !== null &&
    'waitUntil' in value &&
    typeof value.waitUntil === 'function'
  )
}
