/** Checks the names of query parameters. A misspelt one would otherwise be ignored. */
import type { DocumentProblem } from '../../contract/admin.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import { respondProblem } from './respond.ts'

/** Returns a refusal, or undefined if every parameter has one of these names and is given once. */
export function checkParameters(url: string, names: readonly string[]): Response | undefined {
  const start = url.indexOf('?')
  if (start === -1) return undefined
  const given = new URLSearchParams(url.slice(start + 1))
  const problems: DocumentProblem[] = []
  for (const name of new Set(given.keys())) {
    if (!names.includes(name)) {
      const use = names.length === 0 ? 'leave it out' : `use ${names.join(', ')}`
      problems.push({ code: 'parameter_unknown', path: [name], message: `is unknown: ${use}` })
    } else if (given.getAll(name).length > 1) {
      const message = 'is given twice: give it once'
      problems.push({ code: 'parameter_repeated', path: [name], message })
    }
  }
  return problems.length === 0 ? undefined : refuseParameters(problems)
}

function refuseParameters(problems: readonly DocumentProblem[]): Response {
  const detail = 'nothing was done: correct the parameters that `problems` names'
  return respondProblem({ ...PROBLEMS.parameterInvalid, detail, problems })
}
