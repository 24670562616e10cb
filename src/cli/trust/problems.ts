/** Problems of a trust document, with their places, as people and editors read them. */
import type { DocumentPath, DocumentProblem } from '../../contract/admin.ts'
import { note, say } from '../shell/output.ts'
import type { PlacedProblem, TrustFile } from './trust-file.ts'

export function placeProblems(
  file: TrustFile,
  problems: readonly DocumentProblem[],
): readonly PlacedProblem[] {
  return problems.map((problem) => ({ ...problem, ...file.locate(problem.path) }))
}

/** One line for the file, then one for each problem in the form that editors follow. */
export function sayProblems(path: string, problems: readonly PlacedProblem[]): void {
  say(`${path} is refused: ${countProblems(problems)}`)
  for (const problem of problems) {
    const { line, column, message } = problem
    const where = renderPath(problem.path)
    note(`${path}:${line}:${column}: ${where === '' ? '' : `${where}: `}${message}`)
  }
}

/** Of a document that a gateway stored, whose lines nobody here has. */
export function sayStoredProblems(revision: number, problems: readonly DocumentProblem[]): void {
  const count = countProblems(problems)
  say(`revision ${revision} has ${count} at this gateway, which leaves these parts out:`)
  notePlaces(problems)
}

/** Of a document that was sent and refused, and that is no file here. */
export function saySentProblems(what: string, problems: readonly DocumentProblem[]): void {
  say(`${what} is refused: ${countProblems(problems)}`)
  notePlaces(problems)
}

function notePlaces(problems: readonly DocumentProblem[]): void {
  for (const { path, message } of problems) {
    const where = renderPath(path)
    note(`  ${where === '' ? 'the document' : where}: ${message}`)
  }
}

function countProblems({ length }: readonly DocumentProblem[]): string {
  return length === 1 ? '1 problem' : `${length} problems`
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
