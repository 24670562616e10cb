/** The places of problems in a trust file, and paths in a document as text. */
import type { DocumentPath, DocumentProblem } from '../../contract/admin.ts'
import type { PlacedProblem, TrustFile } from './trust-file.ts'

export function placeProblems(
  file: TrustFile,
  problems: readonly DocumentProblem[],
): readonly PlacedProblem[] {
  return problems.map((problem) => ({ ...problem, ...file.locate(problem.path) }))
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
