/** `edgemint issuers`: shows the state of the trusted issuers of a gateway. */

import { readAdminAccess } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain } from '../../shell/output.ts'
import { getIssuers } from '../admin-api.ts'
import { adminFlags } from '../admin-flags.ts'
import { renderIssuers } from '../render-issuers.ts'

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Shows each trusted issuer of a gateway: the last and next fetch of its keys, key ids and ages, clock
skew, the last failure, and how many of its subject tokens were granted and denied. A token of an actor
counts for the issuer of the subject: npx edgemint decisions list --actor finds it.`,
  flags: {
    ...adminFlags('the scope `trust:read`'),
    json: { about: 'print the answer of `GET /admin/v1/issuers`' },
  },
  example: 'npx edgemint issuers --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const access = await readAdminAccess(values)
  const issuers = await getIssuers(access)
  if (values.json) printJson({ issuers }, 2)
  else printPlain(renderIssuers(issuers, Math.floor(Date.now() / 1000)))
  return EXIT_CODES.done
}
