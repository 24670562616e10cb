/**
 * `GET` and `PUT /admin/v1/trust`: the whole document and its revision. A change names the revision
 * it was made against (`If-Match`) and is refused when that has moved (ADM-06).
 */
import type { Context } from 'hono'
import { MAX_DOCUMENT_BYTES } from '../../core/limits.ts'
import { readBytes } from '../body.ts'
import type { AdminEnv } from '../middleware/admin-auth.ts'
import { respondJson, respondProblem } from '../respond.ts'

const EMPTY = '{"version":1,"issuers":{},"resources":{},"rules":[]}'

export async function getTrustRoute(c: Context<AdminEnv>): Promise<Response> {
  const { revision, bytes } = await c.var.gateway.trustDocuments.current()
  return new Response(bytes ?? EMPTY, {
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      etag: `"${revision}"`,
    },
  })
}

export async function putTrustRoute(c: Context<AdminEnv>): Promise<Response> {
  const ifMatch = c.req.header('if-match')
  if (ifMatch === undefined) {
    return respondProblem({
      status: 428,
      title: 'Precondition Required',
      detail: 'send If-Match with the ETag of the revision that this document replaces',
    })
  }
  const ifRevision = /^"([0-9]{1,15})"$/.exec(ifMatch)?.[1]
  if (ifRevision === undefined) return stale()
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    const detail = 'a trust document is sent as application/json'
    return respondProblem({ status: 415, title: 'Unsupported Media Type', detail })
  }
  const body = await readBytes(c.req.raw, MAX_DOCUMENT_BYTES)
  if (body.isTooLarge) {
    const detail = `a trust document holds at most ${MAX_DOCUMENT_BYTES} bytes`
    return respondProblem({ status: 413, title: 'Content Too Large', detail })
  }
  const result = await c.var.gateway.trustDocuments.put({
    // What broke off is no document, and is refused as one.
    bytes: body.bytes ?? new Uint8Array(),
    author: c.var.author,
    ifRevision: Number(ifRevision),
  })
  switch (result.kind) {
    case 'stored':
    case 'unchanged':
      return respondJson(result.summary, 200, { etag: `"${result.summary.revision}"` })
    case 'stale':
      return stale(result.revision)
    case 'refused':
      return respondProblem({
        status: 400,
        title: 'Bad Request',
        detail: 'the trust document is refused; nothing was stored',
        problems: result.problems,
      })
  }
}

function stale(revision?: number): Response {
  return respondProblem(
    {
      status: 412,
      title: 'Precondition Failed',
      detail: 'the trust document has changed since: plan again',
      ...(revision === undefined ? {} : { revision }),
    },
    revision === undefined ? {} : { etag: `"${revision}"` },
  )
}
