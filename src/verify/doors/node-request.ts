/**
 * Shared code for Node frameworks: finds the token in a Node request, and converts a `Response` to
 * plain data. It never reads the body of a request.
 */

import { isJsonObject } from '../../web/json.ts'
import { rememberRequest, type TokenCarrier } from '../authorization.ts'
import type { VerifiedToken } from '../claims.ts'
import { demand } from '../demand.ts'
import type { ResourceDescription } from '../resource.ts'
import { VerificationError } from '../verification-error.ts'
import type { Verifier } from '../verifier.ts'

/** The members of a Node request (HTTP/1 or HTTP/2) that the verifier reads. */
export type NodeRequest = {
  readonly url?: string | undefined
  readonly method?: string | undefined
  /** Express: the full path. `url` is relative to the path at which an app is mounted. */
  readonly originalUrl?: string | undefined
  readonly headers: {
    readonly authorization?: string | undefined
    readonly dpop?: string | readonly string[] | undefined
  }
  /** Names and values alternately, as received. */
  readonly rawHeaders?: readonly string[] | undefined
}

/** An answer as plain data. */
export type PlainAnswer = {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** The token of each request. It is not read from the request, because any code can set a property. */
const tokens = new WeakMap<object, VerifiedToken>()

export function rememberToken(request: object, token: VerifiedToken): void {
  tokens.set(request, token)
}

/**
 * Returns the verified token of a request that passed `requireToken`.
 *
 * @throws Error if `requireToken` does not protect the route.
 *
 * @example
 * app.get('/deployments', canRead, (req, res) => res.json({ caller: tokenOf(req).subject }))
 */
export function tokenOf(request: object): VerifiedToken {
  const token = tokens.get(request)
  if (token !== undefined) return token
  throw new Error('edgemint/verify: requireToken does not protect this route')
}

/**
 * Returns the token, or the refusal to send. Any other error is a bug and is thrown. `setHeader` adds
 * the headers of a verified token to the answer of the app.
 */
export async function verifyNodeRequest(
  verifier: Verifier,
  request: NodeRequest,
  setHeader: (name: string, value: string) => unknown,
): Promise<VerifiedToken | PlainAnswer> {
  try {
    const token = await verifier.verifyRequest(rememberRequest(carrierOf(request), request))
    for (const [name, value] of verifier.answerHeaders(token)) setHeader(name, value)
    return token
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return readAnswer(verifier.renderRefusal(error))
  }
}

export function isRefusal(outcome: VerifiedToken | PlainAnswer): outcome is PlainAnswer {
  return 'status' in outcome
}

export function demandResource(resource: unknown): void {
  const isMade = isJsonObject(resource) && 'respond' in resource
  demand(isMade, 'resource must be made by describeResource')
}

/** Answers a request for the metadata of a resource. Returns undefined for any other request. */
export async function answerMetadata(
  resource: ResourceDescription,
  method: string | undefined,
  target: string | undefined,
): Promise<PlainAnswer | undefined> {
  // Other forms of a request target, such as `*`, are not paths.
  if (method === undefined || target?.startsWith('/') !== true) return undefined
  const answer = resource.respond({ method, url: `http://localhost${target}` })
  return answer === undefined ? undefined : readAnswer(answer)
}

async function readAnswer(answer: Response): Promise<PlainAnswer> {
  return { status: answer.status, headers: [...answer.headers], body: await answer.text() }
}

function carrierOf(request: NodeRequest): TokenCarrier {
  const authorization = findAuthorization(request)
  const { method, originalUrl, url = '' } = request
  const target = originalUrl ?? url
  return {
    // The host is not used. A received path may not be a valid URL, such as `*` or `//host`.
    url: `http://localhost${target.startsWith('/') ? target : `/${queryOf(target)}`}`,
    // A target of another form has no path that a proof could name.
    method: target.startsWith('/') ? method : undefined,
    headers: {
      get: (name) => {
        if (name === 'authorization') return authorization
        // Node joins repeated headers with a comma, which no proof has (DP-01).
        return name === 'dpop' && request.headers.dpop !== undefined
          ? String(request.headers.dpop)
          : null
      },
    },
    source: request,
  }
}

function queryOf(target: string): string {
  const start = target.indexOf('?')
  return start === -1 ? '' : target.slice(start)
}

/**
 * Counts the received `Authorization` headers. Node keeps only the first of several, but a proxy may
 * have checked another one (PR-08).
 */
function findAuthorization(request: NodeRequest): string | null {
  const { headers, rawHeaders = [] } = request
  const { authorization } = headers
  if (authorization === undefined) return null
  const sent = rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization',
  )
  return sent.length > 1 || mayHideHeaders(request as object)
    ? `${authorization}, ${authorization}`
    : String(authorization)
}

type Received = {
  readonly rawHeaders?: readonly string[] | undefined
  readonly socket?: { readonly server?: { readonly maxHeadersCount?: number | null } }
}

/** Node's default for `maxHeadersCount`. */
const DEFAULT_MAX_HEADERS = 1000

/**
 * Whether a request of Node has so many headers that Node may hide the rest: after 1,000, or as many
 * as `maxHeadersCount` of its server says. One of the rest may be a second token or proof (PR-08).
 */
export function mayHideHeaders({ rawHeaders = [], socket }: Received): boolean {
  const limit = socket?.server?.maxHeadersCount ?? DEFAULT_MAX_HEADERS
  return limit > 0 && rawHeaders.length / 2 >= limit
}
