/**
 * `edgemint rollback`: applies the document of an earlier revision as a new revision. The history is
 * kept. The gateway checks the document like any other.
 */
import { diffTrust } from '../../../analysis/index.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { note, print, say } from '../../shell/output.ts'
import { readToken } from '../../shell/read-input.ts'
import { requireGatewayUrl } from '../../workload/gateway-url.ts'
import { getRevision, getTrust, putTrust } from '../admin-api.ts'
import { adminFlags } from '../admin-flags.ts'
import { saySentProblems, sayStoredProblems } from '../problems.ts'
import { countChanges, renderPlan } from '../render-plan.ts'

export const command = {
  synopsis: 'REVISION --url URL --token-file FILE [FLAGS]',
  about: `Applies the document of an earlier revision as a new revision, and shows the changes on stderr. The
gateway keeps the last 100 documents. It refuses a document that no longer compiles.`,
  flags: {
    ...adminFlags('the scopes `trust:read` and `trust:write`'),
    json: {
      about: 'print the new revision as JSON: `revision`, `digest`, `author`, `applied_at`',
    },
  },
  arguments: { least: 1, most: 1, what: 'a revision' },
  example: 'npx edgemint rollback 1 --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const [text = ''] = positionals
  if (!/^[1-9][0-9]{0,14}$/.test(text))
    throw usageFailure('the revision must be a number such as 7')
  const url = requireGatewayUrl(values.url)
  const token = await readToken(requireFlag('token-file', values['token-file']))
  const access = { url, token }
  const { revision, document, problems } = await getTrust(access)
  if (problems.length > 0) sayStoredProblems(revision, problems)
  const json = await getRevision(access, Number(text))
  const changes = diffTrust(document, JSON.parse(json))
  say(`${countChanges(changes)} against revision ${revision}`)
  if (changes.length > 0) note(renderPlan(changes))
  const result = await putTrust(access, json, revision)
  switch (result.kind) {
    case 'applied':
      say(`applied as revision ${result.summary.revision}`)
      if (values.json) print(JSON.stringify(result.summary))
      return EXIT_CODES.done
    case 'refused':
      saySentProblems(`the document of revision ${text}`, result.problems)
      return EXIT_CODES.refused
    case 'stale':
      throw refusal(`refused: revision ${revision} is no longer in force; nothing was changed`)
  }
}
