/** Whether the newest document of an export may be imported today (ADM-08). */
import { createHash } from 'node:crypto'
import { widestCeilings } from '../../../analysis/source/in-house.ts'
import { type CommandFailure, refusal } from '../../shell/failure.ts'
import { hint, say } from '../../shell/output.ts'
import { checkTrustJson } from '../../trust/check-trust.ts'
import { countUnresolved, noteUnresolved } from '../../trust/lint/require-resolved.ts'
import { sayProblems } from '../../trust/problems.ts'
import type { ImportedHistory } from './import-history.ts'

export type Acceptance = {
  readonly url: string
  readonly file: string
  /** Findings stop nothing: the document was in force with them, which its digest shows. */
  readonly acceptsFindings: boolean
}

/**
 * The newest document is compiled and linted as for `apply`. Returns false if it does not compile, which
 * is printed. Throws a refusal for another document than that of the newest revision, and for
 * unresolved findings without `acceptsFindings`.
 */
export function isAcceptable({ document, trust }: ImportedHistory, options: Acceptance): boolean {
  const { url, file } = options
  const newest = trust.revisions.at(-1)
  const digest = `sha256:${createHash('sha256').update(document).digest('hex')}`
  if (newest?.digest !== digest) {
    throw refusal(
      `refused: the newest document in ${file} is not that of revision ${newest?.revision}; nothing was changed`,
      'use another export',
    )
  }
  const name = `revision ${newest.revision} in ${file}`
  const checked = checkTrustJson(name, document, widestCeilings(url.replace(/\/+$/, '')))
  if (!checked.ok) {
    sayProblems(name, checked.error.problems)
    for (const step of correctedSteps(newest.revision, file)) hint(step)
    return false
  }
  const open = noteUnresolved(checked.value)
  if (open.length === 0) return true
  if (!options.acceptsFindings) throw withFindings(open.length, newest.revision, file)
  say(`the document has ${countUnresolved(open.length)}, as when it was in force`)
  hint('correct the rules after the import, and apply the document')
  return true
}

function withFindings(findings: number, revision: number, file: string): CommandFailure {
  return refusal(
    `refused: ${countUnresolved(findings)}; nothing was sent`,
    'to import the document as it was in force, and correct it afterwards: repeat the command with --accept-findings',
    ...correctedSteps(revision, file),
  )
}

/** The way without the history. Revocations come first, so that no rule grants a token without them. */
function correctedSteps(revision: number, file: string): readonly string[] {
  const path = `'${file.replaceAll("'", "'\\''")}'`
  return [
    `to go on without the history: import it with --only revocations, save the document with: sed -n '/^#{"part":"documents\\/${revision}"}/{n;p;}' ${path} > trust.json`,
    'then correct trust.json: npx edgemint lint --help, and apply it: npx edgemint apply --help',
  ]
}
