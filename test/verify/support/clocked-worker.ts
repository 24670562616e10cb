/**
 * A Worker with the verifier, for tests on workerd. The caller sets the time, and whether the
 * verifier gets the execution context.
 */
import { withToken } from '../../../src/verify/doors/fetch.ts'

type Bindings = { readonly ISSUER: string; readonly AUDIENCE: string }
type Context = { waitUntil(work: Promise<unknown>): void }
type Handler = (request: Request, context?: Context) => Promise<Response>

let at = 0
let handler: Handler | undefined

export default {
  async fetch(request: Request, env: Bindings, context: Context): Promise<Response> {
    at = Number(request.headers.get('x-now'))
    const options = { issuer: env.ISSUER, audience: env.AUDIENCE, now: () => at }
    handler ??= withToken<[Context?]>(options, (_, token) => new Response(token.subject))
    return request.headers.has('x-without-context') ? handler(request) : handler(request, context)
  },
}
