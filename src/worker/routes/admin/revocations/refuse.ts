/** Refusals of the routes for revocations. Each begins with what did not happen. */
import type * as z from 'zod/mini'
import type { DocumentProblem } from '../../../../contract/admin.ts'
import { PROBLEMS, type ProblemName } from '../../../../contract/problems/problems.ts'
import { respondProblem } from '../../../http/respond.ts'

/** Its code is that of the problem. `done` is what the request asked for. */
export function refuse(
  problem: ProblemName,
  member: string,
  message: string,
  done?: string,
): Response {
  const code = CODES[problem] ?? 'value_invalid'
  return refuseAll(problem, [{ code, path: [member], message }], done)
}

const CODES: Readonly<Partial<Record<ProblemName, string>>> = {
  reasonMissing: 'reason_missing',
  targetUnknown: 'target_unknown',
  confirmationMissing: 'confirmation_missing',
  momentInFuture: 'moment_in_future',
  decisionWithoutToken: 'no_token_issued',
  stopUnknown: 'stop_unknown',
  idInvalid: 'id_invalid',
  notFound: 'decision_unknown',
  tokenNotRevocable: 'token_invalid',
}

/**
 * A message names what the member must be. For the body as a whole, it has an example. The issues are
 * those of a `safeParse` with `IN_ENGLISH`.
 */
export function refuseBody(
  issues: readonly z.core.$ZodIssue[],
  example: string,
  done?: string,
): Response {
  const problems = issues.map((issue): DocumentProblem => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
    return { code: 'value_invalid', path, message: describe(issue, example) }
  })
  return refuseAll('bodyInvalid', problems, done)
}

function refuseAll(
  name: ProblemName,
  problems: readonly DocumentProblem[],
  done = 'revoked',
): Response {
  const [first] = problems
  const detail = `nothing was ${done}: ${first?.path.join('.') || 'the body'} ${first?.message}`
  const problem = PROBLEMS[name]
  return respondProblem({ ...problem, detail, problems })
}

function describe(issue: z.core.$ZodIssue, example: string): string {
  const [member] = issue.path
  switch (issue.code) {
    case 'custom':
      return issue.message
    case 'unrecognized_keys':
      return `has an unknown member: ${issue.keys.join(', ')}`
    default:
      if (member === undefined) return `must be JSON such as ${example}`
      if (member === 'before') return 'must be a whole number of epoch seconds'
      return issue.code === 'invalid_type' ? `must be of type ${issue.expected}` : issue.message
  }
}
