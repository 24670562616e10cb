/** Problems of a trust document, with their places, as people and editors read them. */
import type { DocumentPath, DocumentProblem } from '../protocol/admin.ts'
import { note, say } from './output.ts'
import type { PlacedProblem, TrustFile } from './trust-file.ts'

export function placeProblems(
  file: TrustFile,
  problems: readonly DocumentProblem[],
): readonly PlacedProblem[] {
  return problems.map((problem) => ({ ...problem, ...file.locate(problem.path) }))
}

/** One line for the file, then one for each problem in the form that editors follow. */
export function sayProblems(path: string, problems: readonly PlacedProblem[]): void {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  say(`${path} is refused: ${count}`)
  for (const problem of problems) {
    const { line, column, message } = problem
    const where = renderPath(problem.path)
    note(`${path}:${line}:${column}: ${where === '' ? '' : `${where}: `}${message}`)
  }
}

/** `rules[0].when.ref`, with quotes around a name that has dots of its own. */
export function renderPath(path: DocumentPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}
