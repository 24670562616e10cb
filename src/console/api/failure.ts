/** Why a request of the console failed, as data, and the sentence that says so. */
import type { ProblemDetails } from '../../contract/admin.ts'
import { readOutcome } from '../../contract/problems/listed-problems.ts'
import { writePath } from '../parts/write-path.ts'
import { FAILURES } from '../texts/shell.ts'

export type ApiFailure =
  /** The gateway refused the request and said why (RFC 9457). */
  | { readonly kind: 'problem'; readonly status: number; readonly problem: ProblemDetails }
  /** The session does not have the scope that the request needs. */
  | { readonly kind: 'scope_missing'; readonly scope: string }
  /** No session, or it has ended. */
  | { readonly kind: 'session_ended' }
  /** No answer: the network or the gateway is down. */
  | { readonly kind: 'unreachable' }
  /** An answer that is not what the contract says, such as the page of a proxy. */
  | { readonly kind: 'unreadable'; readonly status: number }

export type FailureText = {
  readonly title: string
  readonly detail: string
  /** What is wrong with each parameter or member, if the detail does not say it. */
  readonly problems?: readonly string[]
}

export function describeFailure(failure: ApiFailure): FailureText {
  switch (failure.kind) {
    case 'problem':
      return describeProblem(failure.problem)
    case 'scope_missing':
      return { ...FAILURES.scopeMissing, detail: FAILURES.scopeMissing.detail(failure.scope) }
    case 'session_ended':
      return FAILURES.sessionEnded
    case 'unreachable':
      return FAILURES.unreachable
    case 'unreadable':
      return { ...FAILURES.unreadable, detail: FAILURES.unreadable.detail(failure.status) }
  }
}

function describeProblem({ title, detail, problems = [] }: ProblemDetails): FailureText {
  if (detail === undefined) return { title, detail: FAILURES.withoutDetail }
  const outcome = readOutcome(detail)
  if (problems.length === 0 || outcome === undefined) return { title, detail: asSentence(detail) }
  return {
    title,
    detail: asSentence(outcome),
    problems: problems.map(({ path, message }) => `${writePath(path)} ${message}`.trim()),
  }
}

/** The gateway writes details for any program: in lower case, and without a full stop. */
function asSentence(detail: string): string {
  const start = detail.charAt(0).toUpperCase() + detail.slice(1).replaceAll('`', '"')
  return /[.!?]$/.test(start) ? start : `${start}.`
}

/** The same request would be refused again: it is wrong, or the user may not do this. */
const FINAL_STATUSES: readonly number[] = [400, 403, 404, 405, 413, 422]

/** Whether the same request may succeed later. Without a session, the sign-in repeats it. */
export function canRetry(failure: ApiFailure): boolean {
  if (failure.kind === 'problem') return !FINAL_STATUSES.includes(failure.status)
  return failure.kind !== 'session_ended' && failure.kind !== 'scope_missing'
}

/** Whether the failure is a problem of this type, such as `urn:edgemint:problem:revision-changed`. */
export function isProblem(failure: ApiFailure, type: string): boolean {
  return failure.kind === 'problem' && failure.problem.type === type
}

/** Reads problem details from the body of an answer; undefined if it is anything else. */
export function readProblem(value: unknown): ProblemDetails | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { type, title, status } = value as Partial<ProblemDetails>
  const isKnown =
    typeof type === 'string' && typeof title === 'string' && typeof status === 'number'
  return isKnown ? (value as ProblemDetails) : undefined
}
