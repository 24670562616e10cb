/**
 * The entry point `edgemint/verify/connect`: the verifier as middleware for Express 4 and 5, Connect,
 * and other frameworks that call `(request, response, next)` with Node's objects. It does not import
 * a framework, because its types are compatible with theirs.
 */
import type { VerifiedToken } from '../claims.ts'
import type { VerifierOptions } from '../options.ts'
import type { ResourceDescription } from '../resource.ts'
import { asVerifier, type Verifier } from '../verifier.ts'
import {
  answerMetadata,
  demandResource,
  isRefusal,
  type NodeRequest,
  type PlainAnswer,
  rememberToken,
  verifyNodeRequest,
} from './node-request.ts'

export { tokenOf } from './node-request.ts'

/** A request of Node's `http` or `http2`. The middleware sets `token`. */
export type ConnectRequest = NodeRequest & { token?: VerifiedToken | undefined }

/** The members of Node's `ServerResponse` that a refusal uses. */
export type ConnectResponse = {
  statusCode: number
  readonly headersSent: boolean
  readonly setHeader: (name: string, value: string) => unknown
  readonly end: (body: string) => unknown
}

/** Middleware for Express and Connect. */
export type ConnectMiddleware = (
  request: ConnectRequest,
  response: ConnectResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Passes a request on only if it has a valid token of the gateway, and sets `request.token`. Any
 * other request gets the answer of RFC 6750 §3: 400, 401 or 403, or 503 when the gateway is
 * unreachable. Put it before body parsers, so that the body of a refused request is not read.
 *
 * Takes the options of `createVerifier`, or a verifier. A verifier caches keys and revocation
 * answers. For routes with different scopes, create one verifier and use `narrow` for each route.
 *
 * @throws TypeError if an option is wrong. The message names the option.
 *
 * @example
 * const canRead = requireToken({ issuer, audience, scopes: ['deploy:read'] })
 * app.get('/deployments', canRead, (req, res) => res.json({ caller: tokenOf(req).subject }))
 */
export function requireToken(guard: VerifierOptions | Verifier): ConnectMiddleware {
  const verifier = asVerifier(guard)

  async function decide(
    request: ConnectRequest,
    response: ConnectResponse,
  ): Promise<'passes' | 'answered'> {
    const outcome = await verifyNodeRequest(verifier, request, (name, value) =>
      response.headersSent ? undefined : response.setHeader(name, value),
    )
    if (!isRefusal(outcome)) {
      rememberToken(request, outcome)
      request.token = outcome
      return 'passes'
    }
    write(outcome, response)
    return 'answered'
  }

  // It returns no promise, because Express 4 and Connect would not handle a rejection.
  return function requireToken(request, response, next) {
    decide(request, response).then(
      (outcome) => {
        if (outcome === 'passes') next()
      },
      (error: unknown) => next(error),
    )
  }
}

/**
 * Serves the metadata of the API at its well-known path (RFC 9728 §3), and passes every other
 * request on. Put it before every `requireToken`, because clients read it before they have a token.
 *
 * @example
 * app.use(serveMetadata(describeResource({ resource: audience, authorizationServers: [issuer] })))
 */
export function serveMetadata(resource: ResourceDescription): ConnectMiddleware {
  demandResource(resource)
  return function serveMetadata(request, response, next) {
    answerMetadata(resource, request.method, request.originalUrl ?? request.url).then(
      (answer) => {
        if (answer === undefined) next()
        else write(answer, response)
      },
      (error: unknown) => next(error),
    )
  }
}

function write(answer: PlainAnswer, response: ConnectResponse): void {
  // Other code, such as a timeout handler, has already answered.
  if (response.headersSent) return
  response.statusCode = answer.status
  for (const [name, value] of answer.headers) response.setHeader(name, value)
  response.end(answer.body)
}
