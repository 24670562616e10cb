/**
 * `GET` and `PUT /admin/v1/trust`: the whole document and its revision. A change names in
 * `If-Match` the revision it was made against. Otherwise it could overwrite the change of another
 * administrator (ADM-06). `GET /admin/v1/trust/problems` says what this release cannot use of the
 * stored document.
 */
import { TRUST_PROBLEMS_HEADER, type TrustProblems } from '../../../contract/admin.ts'
import { MAX_DOCUMENT_BYTES } from '../../../core/limits.ts'
import type { AdminContext } from '../../context.ts'
import { readBytes } from '../../http/body.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'

const OPENING_BRACE = 0x7b
const EMPTY = '{"version":1,"issuers":{},"resources":{},"rules":[]}'

/** The document as it is stored; the empty one where what is stored is no JSON object. */
export async function getTrustRoute(c: AdminContext): Promise<Response> {
  const asked = c.req.query('revision')
  if (asked !== undefined) return getRevision(c, asked)
  const { revision, bytes, problems } = await c.var.gateway.trustDocuments.current()
  // The store writes documents anew, without a space before them.
  const isObject = bytes?.[0] === OPENING_BRACE && !problems.some(({ code }) => code === 'not_json')
  const more = problems.length === 0 ? {} : { [TRUST_PROBLEMS_HEADER]: String(problems.length) }
  return respondDocument(isObject ? bytes : EMPTY, revision, more)
}

/** `?revision=N`: an earlier document, as it was stored, for whoever wants it back. */
async function getRevision(c: AdminContext, asked: string): Promise<Response> {
  const isNumber = /^[1-9][0-9]{0,14}$/.test(asked)
  const bytes = isNumber ? await c.var.gateway.trustDocuments.of(Number(asked)) : null
  if (bytes !== null) return respondDocument(bytes, Number(asked))
  const detail = 'there is no such revision, or its document is not kept any more'
  return respondProblem({ status: 404, title: 'Not Found', detail })
}

function respondDocument(
  document: Uint8Array | string,
  revision: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(document, {
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      etag: `"${revision}"`,
      ...headers,
    },
  })
}

export async function getTrustProblemsRoute(c: AdminContext): Promise<Response> {
  const { revision, problems, isUsable } = await c.var.gateway.trustDocuments.current()
  const report: TrustProblems = { revision, usable: isUsable, problems }
  return respondJson(report, 200, { etag: `"${revision}"` })
}

export async function putTrustRoute(c: AdminContext): Promise<Response> {
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
