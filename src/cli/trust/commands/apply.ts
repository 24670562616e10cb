/**
 * `edgemint apply`: makes a trust file the next revision, if the revision that the plan was made
 * against is still in force.
 */

import { placeProblems } from '../../../analysis/source/in-house.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { noteLines, print, printJson, say } from '../../shell/output.ts'
import { putTrust } from '../admin-api.ts'
import { adminFlags, TRUST_FILE } from '../admin-flags.ts'
import { requireResolved } from '../lint/require-resolved.ts'
import { makePlan, readPlanRequest } from '../make-plan.ts'
import { sayProblems } from '../problems.ts'
import { countChanges, renderPlan } from '../render-plan.ts'
import { MESSAGE_FLAG, REVISION_JSON, readMessage } from '../revisions/message-flag.ts'

export const command = {
  synopsis: 'FILE --url URL [--token-file FILE] [FLAGS]',
  about: `Shows the plan on stderr and sends the document, without asking for confirmation. It does not send a
document with unresolved lint findings. The gateway refuses the document if its revision changed
after the plan.`,
  flags: {
    ...adminFlags('the scopes `trust:read` and `trust:write`'),
    ...MESSAGE_FLAG,
    json: REVISION_JSON,
    yes: { about: 'has no effect; accepted because scripts often pass it' },
  },
  arguments: TRUST_FILE,
  example: 'npx edgemint apply trust.yaml --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags(args, command)
  const message = readMessage(parsed.values.message)
  const request = await readPlanRequest(parsed)
  const plan = await makePlan(request)
  if (plan === undefined) return EXIT_CODES.refused
  const { file, revision, changes } = plan
  if (changes.length === 0) {
    say(`no changes: revision ${revision} stays in force`)
    if (request.isJson) print(JSON.stringify({ revision }))
    return EXIT_CODES.done
  }
  say(`${countChanges(changes)} against revision ${revision}`)
  noteLines(renderPlan(changes))
  requireResolved(plan)
  const result = await putTrust(request.access, file.json, revision, message)
  switch (result.kind) {
    case 'applied':
      say(`applied as revision ${result.summary.revision}`)
      if (request.isJson) printJson(result.summary)
      return EXIT_CODES.done
    case 'refused':
      sayProblems(file.path, placeProblems(file, result.problems))
      return EXIT_CODES.refused
    case 'stale':
      throw refusal(
        `refused: revision ${revision} is no longer in force; nothing was changed`,
        'review the new revision and plan again: npx edgemint plan --help',
      )
  }
}
