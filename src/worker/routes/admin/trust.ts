/**
 * `GET` and `PUT /admin/v1/trust` read and replace the whole document. A change names in `If-Match`
 * the revision that it replaces. Otherwise it could overwrite the change of another administrator
 * (ADM-06). `GET /admin/v1/trust/problems` lists what this release cannot use of the stored
 * document.
 */
import {
  TRUST_PROBLEMS_HEADER,
  type TrustProblems,
  type ValidationReport,
} from '../../../contract/admin.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { IN_ENGLISH, revisionMessageSchema } from '../../../contract/text.ts'
import { MAX_DOCUMENT_BYTES, MAX_STORED_DOCUMENTS } from '../../../core/limits.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { readBytes } from '../../http/body.ts'
import { refuseMediaType, refuseSize } from '../../http/json-body.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'
import { checkDocument } from '../../objects/trust-store/check-document.ts'

const OPENING_BRACE = 0x7b
const EMPTY = '{"version":1,"issuers":{},"resources":{},"rules":[]}'

/**
 * Returns the stored document. Returns an empty document if the stored one is not a JSON object.
 */
export async function getTrustRoute(c: AdminContext): Promise<Response> {
  const asked = c.req.query('revision')
  if (asked !== undefined) return getRevision(c, asked)
  const { revision, bytes, problems } = await c.var.gateway.trustDocuments.current()
  // The store serializes documents without a leading space.
  const isObject = bytes?.[0] === OPENING_BRACE && !problems.some(({ code }) => code === 'not_json')
  const more = problems.length === 0 ? {} : { [TRUST_PROBLEMS_HEADER]: String(problems.length) }
  return respondDocument(isObject ? bytes : EMPTY, revision, more)
}

/** Returns an earlier document as it was stored, for example to restore it. */
async function getRevision(c: AdminContext, asked: string): Promise<Response> {
  const revision = /^[1-9][0-9]{0,14}$/.test(asked) ? Number(asked) : 0
  const { trustDocuments } = c.var.gateway
  const bytes = revision === 0 ? null : await trustDocuments.of(revision)
  if (bytes !== null) return respondDocument(bytes, revision)
  const [known] = revision === 0 ? [] : await trustDocuments.revisions(1, revision + 1)
  const isPurged = known?.revision === revision
  const message = isPurged
    ? `is damaged or no longer stored: the gateway keeps the last ${MAX_STORED_DOCUMENTS} documents`
    : 'does not exist: GET /admin/v1/trust/revisions lists the revisions'
  const code = isPurged ? 'revision_purged' : 'revision_unknown'
  return respondProblem({
    ...PROBLEMS.revisionUnknown,
    detail: `${isPurged ? `the document of revision ${revision}` : 'the revision'} ${message}`,
    problems: [{ code, path: ['revision'], message }],
  })
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
    const message = 'is missing: send the ETag of the revision that this document replaces'
    return respondProblem({
      ...PROBLEMS.revisionMissing,
      detail: `nothing was stored: If-Match ${message}`,
      problems: [{ code: 'if_match_missing', path: ['If-Match'], message }],
    })
  }
  if (!TAG_LIST.test(ifMatch)) return refuseIfMatch('is no entity tag')
  if (ifMatch === '*') return refuseIfMatch('must name a revision, and * matches every one')
  // Of several, the newest counts: who knows it knows that the others are not in force. Weak tags
  // match nothing (RFC 9110 §13.1.1).
  const revisions = ifMatch.match(/(?<!\/)"(0|[1-9][0-9]{0,14})"/g)
  if (!revisions) return stale()
  const message = readMessage(c.req.query('message'))
  if (message instanceof Response) return message
  const bytes = await readDocumentBody(c)
  if (bytes instanceof Response) return bytes
  const result = await c.var.gateway.trustDocuments.put({
    bytes,
    author: c.var.author,
    tokenId: c.var.tokenId,
    message,
    ifRevision: Math.max(...revisions.map((tag) => Number(tag.slice(1, -1)))),
  })
  switch (result.kind) {
    case 'stored':
    case 'unchanged':
      c.var.gateway.trust.expect(result.summary.revision)
      return respondJson(result.summary, 200, { etag: `"${result.summary.revision}"` })
    case 'stale':
      return stale(result.revision)
    case 'refused':
      return respondProblem({
        ...PROBLEMS.documentRefused,
        detail: 'the trust document is refused; nothing was stored',
        problems: result.problems,
      })
  }
}

/** `*` or a list of entity tags (RFC 9110 §13.1.1). */
const TAG_LIST = /^(?:\*|(?:W\/)?"[^"\s]*"(?:\s*,\s*(?:W\/)?"[^"\s]*")*)$/

/** With `*`, one administrator could overwrite the change of another (ADM-06). */
function refuseIfMatch(why: string): Response {
  const message = `${why}: send the ETag of GET, with its quotes`
  return respondProblem({
    ...PROBLEMS.headerInvalid,
    detail: `nothing was stored: If-Match ${message}`,
    problems: [{ code: 'if_match_invalid', path: ['If-Match'], message }],
  })
}

/**
 * The message is a parameter and no header, because HTTP libraries disagree on characters beyond ASCII
 * in headers.
 */
function readMessage(text: string | undefined): string | undefined | Response {
  if (text === undefined) return undefined
  const parsed = revisionMessageSchema.safeParse(text, IN_ENGLISH)
  if (parsed.success) return parsed.data
  const message = parsed.error.issues[0]?.message ?? 'is invalid'
  return respondProblem({
    ...PROBLEMS.parameterInvalid,
    detail: `nothing was stored: \`message\` ${message}`,
    problems: [{ code: 'message_invalid', path: ['message'], message }],
  })
}

/** `POST /admin/v1/validate` compiles a document as `PUT` does, and stores nothing. */
export async function postValidateRoute(c: AdminContext): Promise<Response> {
  const bytes = await readDocumentBody(c)
  if (bytes instanceof Response) return bytes
  const checked = checkDocument(bytes, c.var.gateway.settings, readClock())
  const report: ValidationReport = {
    valid: checked.bytes !== undefined,
    problems: checked.problems,
  }
  return respondJson(report)
}

/** Returns the document that was sent. An incomplete body becomes an empty one, which is refused. */
export async function readDocumentBody(c: AdminContext): Promise<Uint8Array | Response> {
  const refusal = refuseMediaType(c)
  if (refusal !== undefined) return refusal
  const body = await readBytes(c.req.raw, MAX_DOCUMENT_BYTES)
  if (body.isTooLarge) return refuseSize(MAX_DOCUMENT_BYTES)
  return body.bytes ?? new Uint8Array()
}

function stale(revision?: number): Response {
  const message =
    revision === undefined
      ? 'is no ETag of a revision, such as "7": run plan again'
      : `is not the revision in force, which is ${revision}: run plan again`
  return respondProblem(
    {
      ...PROBLEMS.revisionChanged,
      detail: 'the trust document has changed: run plan again',
      problems: [{ code: 'revision_stale', path: ['If-Match'], message }],
      ...(revision === undefined ? {} : { revision }),
    },
    revision === undefined ? {} : { etag: `"${revision}"` },
  )
}
