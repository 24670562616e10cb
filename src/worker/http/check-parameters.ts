/**
 * Checks query parameters. A misspelt one would otherwise be ignored, and one in another encoding would
 * find nothing.
 */
import type { DocumentProblem } from '../../contract/admin.ts'
import { referToProblems } from '../../contract/problems/listed-problems.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import type { AdminEndpoint } from '../endpoint.ts'
import { respondProblem } from './respond.ts'

/**
 * Returns a refusal, or undefined if every parameter is UTF-8, has one of these names and is given
 * once. With `by_route`, the route checks the names.
 */
export function checkParameters(
  url: string,
  names: AdminEndpoint['parameters'],
): Response | undefined {
  const start = url.indexOf('?')
  if (start === -1) return undefined
  const query = url.slice(start + 1)
  const malformed = query.split('&').filter(isMalformed)
  if (malformed.length > 0) return refuseParameters(malformed.map(describeMalformed))
  if (names === 'by_route') return undefined
  const given = new URLSearchParams(query)
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

/** `URLSearchParams` keeps a wrong escape as it is, and replaces bytes that are not UTF-8. */
function isMalformed(pair: string): boolean {
  try {
    decodeURIComponent(pair)
    return false
  } catch {
    return true
  }
}

function describeMalformed(pair: string): DocumentProblem {
  const message = 'is not percent-encoded UTF-8: write % as %25'
  return { code: 'parameter_malformed', path: [...new URLSearchParams(pair).keys()], message }
}

function refuseParameters(problems: readonly DocumentProblem[]): Response {
  const detail = referToProblems('nothing was done', 'parameters')
  return respondProblem({ ...PROBLEMS.parameterInvalid, detail, problems })
}
