/**
 * The door `edgemint/verify/connect`: the verifier as middleware for Express 4 and 5, Connect, and
 * whatever else calls `(request, response, next)` with Node's own objects. No types of a framework
 * are needed: theirs fit by shape.
 */
import type { VerifiedToken } from '../claims.ts'
import type { VerifierOptions } from '../options.ts'
import type { ResourceDescription } from '../resource.ts'
import { asVerifier, type Verifier } from '../verifier.ts'
import {
  answerMetadata,
  isRefusal,
  type NodeRequest,
  type PlainAnswer,
  rememberToken,
  verifyNodeRequest,
} from './node-request.ts'

export { tokenOf } from './node-request.ts'

/** A request as Node's `http` and `http2` make them; `token` is there once it passed. */
export type ConnectRequest = NodeRequest & {
  readonly method?: string | undefined
  /** What Express calls the path before it cut off where an app is mounted. */
  readonly originalUrl?: string | undefined
  token?: VerifiedToken | undefined
}

/** As much of Node's `ServerResponse` as a refusal needs. */
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
 * Lets a request pass only with a valid token of the gateway, and sets `request.token`. Everyone
 * else gets the answer of RFC 6750 §3: 401, 403, 400, or 503 when the gateway cannot be asked.
 * Put it before whatever parses bodies: a stranger's body need not be read.
 *
 * Takes the options of `createVerifier`, or a verifier. One verifier has one memory of keys and
 * answers: for routes with different scopes make one, and `narrow` it for each.
 *
 * @throws TypeError at once when an option is wrong; the sentence names it.
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
    const outcome = await verifyNodeRequest(verifier, request)
    if (!isRefusal(outcome)) {
      rememberToken(request, outcome)
      request.token = outcome
      return 'passes'
    }
    write(outcome, response)
    return 'answered'
  }

  // No promise is returned: Express 4 and Connect would leave its failure unhandled.
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
 * request on. Put it before any guard: clients that have no token yet ask for it.
 *
 * @example
 * app.use(serveMetadata(describeResource({ resource: audience, authorizationServers: [issuer] })))
 */
export function serveMetadata(resource: ResourceDescription): ConnectMiddleware {
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
  // Somebody else, such as a timeout, has answered meanwhile.
  if (response.headersSent) return
  response.statusCode = answer.status
  for (const [name, value] of answer.headers) response.setHeader(name, value)
  response.end(answer.body)
}
