/**
 * The detail of a refusal that refers to the list `problems` of the same answer. The gateway writes
 * it for any program. The console shows the list in its place.
 */

type Listed = 'parameters' | 'members'

/** Returns a detail such as "nothing was searched: correct the parameters that `problems` names". */
export function referToProblems(outcome: string, listed: Listed): string {
  return `${outcome}: correct the ${listed} that \`problems\` names`
}

/** Returns the outcome of a detail that refers to the list, or undefined for any other detail. */
export function readOutcome(detail: string): string | undefined {
  for (const listed of ['parameters', 'members'] as const) {
    const end = referToProblems('', listed)
    if (detail.endsWith(end)) return detail.slice(0, -end.length)
  }
  return undefined
}
