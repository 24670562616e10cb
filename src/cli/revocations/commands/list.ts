/** `edgemint revocations list`: lists the coarse revocations in force. */
import { readAdminAccess } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain } from '../../shell/output.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { renderList } from '../render.ts'
import { listRevocations } from '../revocations-api.ts'

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Lists the revocations of rules, subjects, issuers, keys and everything that are in force: what they
stop, who revoked, when and why. Counts the single tokens that are revoked.`,
  flags: {
    ...adminFlags('the scope `trust:read`'),
    json: { about: 'print the answer of `GET /admin/v1/revocations`' },
  },
  example: 'npx edgemint revocations list --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const access = await readAdminAccess(values)
  const list = await listRevocations(access)
  if (values.json) printJson(list, 2)
  else printPlain(renderList(list.revocations, list.tokens).join('\n'))
  return EXIT_CODES.done
}
