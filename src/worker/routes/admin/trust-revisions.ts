/** `GET /admin/v1/trust/revisions` lists who applied which document when, and why, the newest first. */
import type { DocumentProblem, RevisionPage } from '../../../contract/admin.ts'
import { MAX_PAGE_REVISIONS } from '../../../contract/limits.ts'
import { referToProblems } from '../../../contract/problems/listed-problems.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import type { AdminContext } from '../../context.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'

const DEFAULT_PAGE_REVISIONS = 100

export async function getTrustRevisionsRoute(c: AdminContext): Promise<Response> {
  const limit = readNumber(c.req.query('limit') ?? String(DEFAULT_PAGE_REVISIONS))
  const asked = c.req.query('before')
  const before = asked === undefined ? undefined : readNumber(asked)
  const problems: DocumentProblem[] = []
  const report = (name: string, message: string) =>
    problems.push({ code: 'parameter_invalid', path: [name], message })
  if (limit === undefined || limit > MAX_PAGE_REVISIONS) {
    report('limit', `must be a number from 1 to ${MAX_PAGE_REVISIONS}`)
  }
  if (asked !== undefined && before === undefined) {
    report('before', 'must be the number of a revision: use `next` of the page before')
  }
  if (limit === undefined || problems.length > 0) {
    const detail = referToProblems('nothing was listed', 'parameters')
    return respondProblem({ ...PROBLEMS.parameterInvalid, detail, problems })
  }
  const { revisions: list } = c.var.gateway.trustDocuments
  // One more tells whether there is another page.
  const found = await list(limit + 1, ...(before === undefined ? [] : [before]))
  const revisions = found.slice(0, limit)
  const last = revisions.at(-1)
  const hasMore = found.length > limit && last !== undefined
  const page: RevisionPage = { revisions, ...(hasMore ? { next: last.revision } : {}) }
  return respondJson(page)
}

/** Returns undefined for any text but a number from 1. */
function readNumber(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}
