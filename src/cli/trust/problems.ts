/** Prints the problems of a trust document with their places. */

import { type PlacedProblem, renderPath } from '../../analysis/source/in-house.ts'
import type { DocumentProblem } from '../../contract/admin.ts'
import { hint, note, say } from '../shell/output.ts'
import { nameInput } from '../shell/read-input.ts'

/** Prints one line for the file, then one line `file:line:column: message` for each problem. */
export function sayProblems(path: string, problems: readonly PlacedProblem[]): void {
  const name = nameInput(path)
  say(`${name} is refused: ${countProblems(problems)}`)
  for (const problem of problems) {
    const { line, column, message } = problem
    const where = renderPath(problem.path)
    note(`${name}:${line}:${column}: ${where === '' ? '' : `${where}: `}${message}`)
  }
}

/** Names the flag for policies, if the file lacks what only a trust document has. */
export function hintAtPolicy(
  command: 'lint' | 'validate',
  path: string,
  problems: readonly PlacedProblem[],
): void {
  const lacks = (member: string) => problems.some((problem) => problem.path.at(-1) === member)
  if (!lacks('version') || !lacks('resource')) return
  hint(`a deploy-time policy: npx edgemint ${command} --policy ${path}`)
}

/** Prints the problems of a document that the gateway has stored. There is no file, so no lines. */
export function sayStoredProblems(revision: number, problems: readonly DocumentProblem[]): void {
  const count = countProblems(problems)
  say(`revision ${revision} has ${count}; the gateway ignores these parts:`)
  notePlaces(problems)
}

/** Prints the problems of a document that the gateway refused and that is not a file here. */
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
