/** `edgemint decisions show`: shows one decision, and why the rules made it. */
import { readDecisionId } from '../../../contract/decisions/id.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain } from '../../shell/output.ts'
import { findDecision } from '../decisions-api.ts'
import { READ_FLAGS } from '../filter-flags.ts'
import { renderAnswer } from '../render-decision.ts'

export const command = {
  synopsis: 'ID --url URL [--token-file FILE] [FLAGS]',
  about: `Shows one decision, by the decision_id of an answer or the decisionId of a log line, and explains
it with the rules that were in force. If the deployment does not record every claim, the explanation
names the conditions that cannot be evaluated any more.`,
  arguments: { least: 1, most: 1, what: 'a decision id' },
  flags: {
    ...READ_FLAGS,
    json: { about: 'print the answer of `GET /admin/v1/decisions/{id}`' },
  },
  example:
    'npx edgemint decisions show dec_AQGiIpBI__ARrf0R24hOWA \\\n  --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  requireAdminUrl(values.url)
  const id = parseId(positionals[0] ?? '')
  const answer = await findDecision(await readAdminAccess(values), id)
  if (values.json) printJson(answer, 2)
  else printPlain(renderAnswer(answer))
  return EXIT_CODES.done
}

/**
 * Refuses what is no id before it becomes a part of the path: `..` would name another endpoint, and a
 * server in front of the gateway refuses a long path with an answer of its own.
 */
function parseId(text: string): string {
  if (readDecisionId(text) !== undefined) return text
  throw usageFailure(
    'ID is no decision id: it is dec_ and 22 characters, which name a shard and a time',
    'copy all of it from decision_id of an answer, or decisionId of a log line',
  )
}
