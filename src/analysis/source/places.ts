/** The places of problems in a trust file, and paths in a document as text. */
import type { DocumentPath, DocumentProblem } from '../../contract/admin.ts'
import { addRemedy } from './remedies.ts'
import type { PlacedProblem, TrustFile } from './trust-file.ts'

/** The problems in the order of the file, each with what to write instead, where that is known. */
export function placeProblems(
  file: TrustFile,
  problems: readonly DocumentProblem[],
): readonly PlacedProblem[] {
  return problems
    .map((problem) => ({ ...addRemedy(problem, file), ...file.locate(problem.path) }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
}

/** Renders a path such as `rules[0].when.ref`. A name with other characters is put in quotes. */
export function renderPath(path: DocumentPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}
