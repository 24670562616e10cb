/** Requests of the editor: the document in force, its history, the gateway's checks, and apply. */
import type {
  DocumentProblem,
  KeptRevision,
  RevisionSummary,
  ValidationReport,
} from '../../../contract/admin.ts'
import { DECISION_SHARDS_HEADER } from '../../../contract/decisions/answers.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { fail, ok, type Result } from '../../../web/result.ts'
import { type ApiFailure, isProblem } from '../../api/failure.ts'
import { ask, read } from '../../api/request.ts'
import {
  DECISION_PAGE,
  REVISION_PAGE,
  REVISION_SUMMARY,
  TRUST_DOCUMENT,
  VALIDATION_REPORT,
} from '../../api/shapes.ts'

export type Revision = { readonly revision: number; readonly document: unknown }

/** `revision`: an earlier one; by default that in force. */
export async function loadTrust(
  revision?: number,
  signal?: AbortSignal,
): Promise<Result<Revision, ApiFailure>> {
  const path = revision === undefined ? '/trust' : `/trust?revision=${revision}`
  const answer = await ask(path, TRUST_DOCUMENT, signal === undefined ? {} : { signal })
  if (!answer.ok) return answer
  const { value: document, headers } = answer.value
  const tag = /^(?:W\/)?"(\d{1,15})"$/.exec(headers.get('etag') ?? '')?.[1]
  return tag === undefined
    ? fail({ kind: 'unreadable', status: 200 })
    : ok({ revision: Number(tag), document })
}

/** The revisions after this one, the newest first. */
export async function loadRevisionsSince(revision: number): Promise<readonly KeptRevision[]> {
  const page = await read('/trust/revisions?limit=20', REVISION_PAGE)
  return page.ok ? page.value.revisions.filter((one) => one.revision > revision) : []
}

export function validate(document: unknown): Promise<Result<ValidationReport, ApiFailure>> {
  return read('/validate', VALIDATION_REPORT, { method: 'POST', body: document })
}

export type Applied =
  | { readonly kind: 'applied'; readonly summary: RevisionSummary }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] }
  | { readonly kind: 'failed'; readonly failure: ApiFailure }

export async function applyTrust(
  document: unknown,
  revision: number,
  message: string,
): Promise<Applied> {
  const answer = await read(`/trust?${new URLSearchParams({ message })}`, REVISION_SUMMARY, {
    ...{ method: 'PUT', body: document },
    headers: { 'if-match': `"${revision}"` },
  })
  if (answer.ok) return { kind: 'applied', summary: answer.value }
  const { error: failure } = answer
  if (isProblem(failure, PROBLEMS.revisionChanged.type)) return { kind: 'stale' }
  const isRefused = isProblem(failure, PROBLEMS.documentRefused.type)
  const problems = failure.kind === 'problem' ? (failure.problem.problems ?? []) : []
  return isRefused ? { kind: 'refused', problems } : { kind: 'failed', failure }
}

/** A failed request of a replay. */
export class PageFailure extends Error {
  readonly failure: ApiFailure
  constructor(failure: ApiFailure) {
    super(failure.kind)
    this.failure = failure
  }
}

/** One page of one shard of the decision log. Rejects with a `PageFailure`. */
export async function readShard(
  question: readonly (readonly [string, string])[],
  signal: AbortSignal,
) {
  const query = new URLSearchParams(question.map(([name, value]) => [name, value]))
  const answer = await ask(`/decisions?${query}`, DECISION_PAGE, { signal })
  if (!answer.ok) throw new PageFailure(answer.error)
  const { value, headers } = answer.value
  const shards = Number(headers.get(DECISION_SHARDS_HEADER) ?? Number.NaN)
  const isContinued = value.complete ? value.next === undefined : value.next !== undefined
  if (!Number.isInteger(shards) || !isContinued) {
    throw new PageFailure({ kind: 'unreadable', status: 200 })
  }
  const { decisions, next, purged_to, damaged_to } = value
  return { decisions, next, shards, purged_to, damaged_to }
}
