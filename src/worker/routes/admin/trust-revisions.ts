/**
 * `GET /admin/v1/trust/revisions` lists who applied which document when, and why, the newest first. An
 * unknown parameter is refused, because the list would be another one than asked.
 */
import type { DocumentProblem, RevisionPage } from '../../../contract/admin.ts'
import type { AdminContext } from '../../context.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'
import { MAX_PAGE_REVISIONS } from '../../limits.ts'

/** The longest value of each parameter, in digits. */
const PARAMETERS: ReadonlyMap<string, RegExp> = new Map([
  ['limit', /^[1-9]\d{0,3}$/],
  ['before', /^[1-9]\d{0,14}$/],
])
const DEFAULT_PAGE_REVISIONS = 100

export async function getTrustRevisionsRoute(c: AdminContext): Promise<Response> {
  const { searchParams } = new URL(c.req.url)
  const problems = findProblems(searchParams)
  if (problems.length > 0) {
    const detail = 'nothing was listed: correct the parameters that `problems` names'
    return respondProblem({ status: 400, title: 'Bad Request', detail, problems })
  }
  const limit = Number(searchParams.get('limit') ?? DEFAULT_PAGE_REVISIONS)
  const before = searchParams.get('before')
  const { revisions: list } = c.var.gateway.trustDocuments
  // One more tells whether there is another page.
  const found = await list(limit + 1, ...(before === null ? [] : [Number(before)]))
  const revisions = found.slice(0, limit)
  const last = revisions.at(-1)
  const hasMore = found.length > limit && last !== undefined
  const page: RevisionPage = { revisions, ...(hasMore ? { next: last.revision } : {}) }
  return respondJson(page)
}

function findProblems(parameters: URLSearchParams): readonly DocumentProblem[] {
  return [...new Set(parameters.keys())].flatMap((name): readonly DocumentProblem[] => {
    const [text = '', ...more] = parameters.getAll(name)
    const form = PARAMETERS.get(name)
    const isTooMuch = name === 'limit' && Number(text) > MAX_PAGE_REVISIONS
    if (form?.test(text) && more.length === 0 && !isTooMuch) return []
    const message =
      form === undefined
        ? 'is unknown: use limit and before'
        : `must be given once: a number from 1${name === 'limit' ? ` to ${MAX_PAGE_REVISIONS}` : ''}`
    return [{ code: 'parameter_invalid', path: [name], message }]
  })
}
