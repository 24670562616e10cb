/** Turns values of the core into a `Response`, and adds the headers that all answers have. */

import type { DocumentProblem, ProblemDetails } from '../../contract/admin.ts'
import type { RenderedForward } from '../../core/endpoint/forward/render-forward.ts'
import { ANSWER_HEADERS, type RenderedResponse } from '../../core/endpoint/render.ts'
import { toHex } from '../../web/bytes.ts'

export function respond({ status, headers, body }: RenderedResponse): Response {
  const sent = headers === ANSWER_HEADERS ? USUAL_HEADERS : { ...headers, ...NOSNIFF }
  return new Response(JSON.stringify(body), { status, headers: sent })
}

/** Renders an answer of forward auth. An allowed request gets headers and no body. */
export function respondForward({ status, headers, body }: RenderedForward): Response {
  const text = body === undefined ? null : JSON.stringify(body)
  return new Response(text, { status, headers: { ...headers, ...NOSNIFF } })
}

export const NOSNIFF = { 'x-content-type-options': 'nosniff' } as const
/** Made once, because the runtime takes longer to read an object. Each response copies it. */
const USUAL_HEADERS = new Headers({ ...ANSWER_HEADERS, ...NOSNIFF })

export function respondJson(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return respondText(JSON.stringify(body), status, headers)
}

/** Returns a body that is JSON text already. */
export function respondText(
  json: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(json, {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...NOSNIFF,
      ...headers,
    },
  })
}

export type Problem = {
  /** A type of `PROBLEMS`. */
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail?: string
  readonly problems?: readonly DocumentProblem[]
  readonly revision?: number
}

/** Returns problem details (RFC 9457). The type and the title are those of `PROBLEMS` (AD-03). */
export function respondProblem(
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body: ProblemDetails = problem
  return respondJson(body, problem.status, {
    'content-type': 'application/problem+json',
    ...headers,
  })
}

/**
 * Returns a public document with an ETag: metadata (MD-19) or a key set (JK-08). The table of
 * endpoints says who may cache it and for how long. The ETag is strong, or weak if only `content`, a
 * part of the document, decides whether it has changed.
 */
export function respondTagged(
  request: Request,
  document: unknown,
  contentType: string,
  content: unknown = document,
): Promise<Response> {
  const isWhole = content === document
  const tagged = isWhole ? undefined : JSON.stringify(content)
  return respondTaggedText(request, JSON.stringify(document), contentType, tagged)
}

/** Returns a text with an ETag: strong, or the weak one of `tagged`. */
export async function respondTaggedText(
  request: Request,
  body: string,
  contentType: string,
  tagged?: string,
): Promise<Response> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(tagged ?? body))
  const tag = `"${toHex(new Uint8Array(digest)).slice(0, 32)}"`
  const etag = tagged === undefined ? tag : `W/${tag}`
  const headers = { etag, ...NOSNIFF }
  if (matchesEtag(request.headers.get('if-none-match'), tag)) {
    return new Response(null, { status: 304, headers })
  }
  return new Response(body, { headers: { ...headers, 'content-type': contentType } })
}

/**
 * Whether `If-None-Match` has this tag. The header is `*` or a list of tags, which are compared
 * weakly (RFC 9110 §13.1.2).
 */
function matchesEtag(header: string | null, tag: string): boolean {
  if (header === null) return false
  const tags = header.split(',').map((one) => one.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(tag)
}
