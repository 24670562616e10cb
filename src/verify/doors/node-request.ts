/**
 * What the doors for Node frameworks share: where a Node request carries its token, and how an
 * answer is read for a framework that does not know `Response`. The body is never touched.
 */
import type { TokenCarrier } from '../authorization.ts'
import type { VerifiedToken } from '../claims.ts'
import type { ResourceDescription } from '../resource.ts'
import { VerificationError } from '../verification-error.ts'
import type { Verifier } from '../verifier.ts'

/** As much of a Node request (HTTP/1 or HTTP/2) as the token is looked for in. */
export type NodeRequest = {
  readonly url?: string | undefined
  readonly headers: { readonly authorization?: string | undefined }
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[] | undefined
}

/** An answer as plain data. */
export type PlainAnswer = {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** By request, and not on it: a property could be anybody's. */
const tokens = new WeakMap<object, VerifiedToken>()

export function rememberToken(request: object, token: VerifiedToken): void {
  tokens.set(request, token)
}

/**
 * The verified token of a request that passed `requireToken`, with its type.
 *
 * @throws Error for a request that did not pass: its route has no guard.
 *
 * @example
 * app.get('/deployments', canRead, (req, res) => res.json({ caller: tokenOf(req).subject }))
 */
export function tokenOf(request: object): VerifiedToken {
  const token = tokens.get(request)
  if (token === undefined) throw new Error('edgemint/verify: no requireToken guards this route')
  return token
}

/** The token, or the refusal to send. Whatever else is thrown is a bug and stays one. */
export async function verifyNodeRequest(
  verifier: Verifier,
  request: NodeRequest,
): Promise<VerifiedToken | PlainAnswer> {
  try {
    return await verifier.verifyRequest(carrierOf(request))
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return readAnswer(verifier.renderRefusal(error))
  }
}

export function isRefusal(outcome: VerifiedToken | PlainAnswer): outcome is PlainAnswer {
  return 'status' in outcome
}

/** The answer to a request for the metadata of a resource; undefined for every other request. */
export async function answerMetadata(
  resource: ResourceDescription,
  method: string | undefined,
  target: string | undefined,
): Promise<PlainAnswer | undefined> {
  // Other forms of a target, such as `*`, are no path.
  if (method === undefined || target?.startsWith('/') !== true) return undefined
  const answer = resource.respond({ method, url: `http://localhost${target}` })
  return answer === undefined ? undefined : readAnswer(answer)
}

async function readAnswer(answer: Response): Promise<PlainAnswer> {
  return { status: answer.status, headers: [...answer.headers], body: await answer.text() }
}

function carrierOf(request: NodeRequest): TokenCarrier {
  const authorization = findAuthorization(request)
  const { url = '' } = request
  const queryStart = url.indexOf('?')
  return {
    // Only the query matters. A path from the wire need not even be a URL: `*`, `//host`, `a:b`.
    url: `http://localhost/${queryStart === -1 ? '' : url.slice(queryStart)}`,
    headers: { get: (name) => (name === 'authorization' ? authorization : null) },
  }
}

/**
 * Node silently keeps the first of several `Authorization` headers. A server on the way may have
 * checked another one, so the headers are counted as they arrived (PR-08).
 */
function findAuthorization({ headers, rawHeaders = [] }: NodeRequest): string | null {
  const { authorization } = headers
  if (authorization === undefined) return null
  const sent = rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization',
  )
  return sent.length > 1 ? `${authorization}, ${authorization}` : String(authorization)
}
