/**
 * `PUT` and `POST /admin/v1/trust/history` restore the history of another gateway in one without a
 * revision: first each document, then all revisions at once. The newest document is checked as any
 * change is, and the import itself becomes the next revision (ADM-08). `GET /admin/v1/issuers/keys`
 * returns the last known keys of issuers, for a backup.
 */
import { historySchema } from '../../../contract/backup/history.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { IN_ENGLISH } from '../../../contract/text.ts'
import { MAX_DOCUMENT_BYTES } from '../../../core/limits.ts'
import type { AdminContext } from '../../context.ts'
import { readJsonBody } from '../../http/json-body.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'
import { refuse, refuseBody } from './revocations/refuse.ts'
import { readDocumentBody } from './trust.ts'

export async function putTrustHistoryRoute(c: AdminContext): Promise<Response> {
  const revision = c.req.query('revision') ?? ''
  if (!/^[1-9][0-9]{0,8}$/.test(revision)) {
    const message = 'must be the number of a revision'
    return respondProblem({
      ...PROBLEMS.parameterInvalid,
      detail: `nothing was stored: \`revision\` ${message}`,
      problems: [{ code: 'parameter_invalid', path: ['revision'], message }],
    })
  }
  const bytes = await readDocumentBody(c)
  if (bytes instanceof Response) return bytes
  const isStaged = await c.var.gateway.trustDocuments.stage(Number(revision), bytes)
  return isStaged ? respondJson({ staged: Number(revision) }) : refuseImport('store_not_empty')
}

export async function postTrustHistoryRoute(c: AdminContext): Promise<Response> {
  const body = await readJsonBody(c, MAX_DOCUMENT_BYTES)
  if (!body.ok) return body.error
  const parsed = historySchema.safeParse(body.value, IN_ENGLISH)
  if (!parsed.success) return refuseBody(parsed.error.issues, 'a history', 'stored')
  const history = parsed.data
  const { settings, trustDocuments, trust } = c.var.gateway
  // The replay marks stay behind, so tokens that were used there could be used here (REP-01).
  if (history.issuer === settings.issuer && settings.replayNotBefore < history.exported_at) {
    return refuseImport('replay_not_before_missing')
  }
  const { revision } = history.revisions.at(-1) ?? {}
  const message = `import of revision ${revision} of ${history.issuer}`
  const { author, tokenId } = c.var
  const result = await trustDocuments.importHistory({ author, tokenId, message }, history)
  if (result.kind === 'stale') return refuseImport('store_not_empty')
  if (result.kind === 'refused') {
    return respondProblem({
      ...PROBLEMS.documentRefused,
      detail: 'the history is refused; nothing was stored',
      problems: result.problems,
    })
  }
  trust.expect(result.summary.revision)
  return respondJson(result.summary, 200, { etag: `"${result.summary.revision}"` })
}

const REFUSALS = {
  store_not_empty: 'this gateway has revisions: import into a new one, or apply the document',
  replay_not_before_missing:
    'the issuer URL is the same: set REPLAY_NOT_BEFORE to a time after the last exchange there',
}

function refuseImport(code: keyof typeof REFUSALS): Response {
  const message = REFUSALS[code]
  return respondProblem({
    ...PROBLEMS.importRefused,
    detail: `nothing was stored: ${message}`,
    problems: [{ code, path: [], message }],
  })
}

export async function getIssuerKeysRoute(c: AdminContext): Promise<Response> {
  const after = c.req.query('after') ?? ''
  if (!/^(https?:\/\/\S+)?$/.test(after)) {
    return refuse('parameterInvalid', 'after', 'is not the `url` of an issuer', 'exported')
  }
  const issuers = await c.var.gateway.trustDocuments.storedKeys(after)
  return respondJson({ issuers })
}
