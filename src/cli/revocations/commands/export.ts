/** `edgemint revocations export`: writes all revocations to stdout, for a backup. */
import { readAdminAccess } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { say } from '../../shell/output.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { startRows } from '../export-file.ts'
import { exportRevocations } from '../revocations-api.ts'

export const command = {
  synopsis: '--url URL [--token-file FILE]',
  about: `Writes all revocations in force as NDJSON, one a line, between a header and an end. Another gateway
takes them with the command revocations import.`,
  flags: adminFlags('the scope `revocations:write`'),
  example:
    'npx edgemint revocations export \\\n  --url https://sts.example.com --token-file admin.jwt > revocations.ndjson',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const access = await readAdminAccess(values)
  const { stdout } = currentIo()
  if (stdout.isTTY === true) {
    throw usageFailure('an export is not printed to a terminal: redirect it')
  }
  const writer = startRows(Math.floor(Date.now() / 1000), (text) => stdout.write(text))
  for await (const rows of exportRevocations(access)) writer.write(rows)
  const count = writer.end()
  say(count === 1 ? '1 revocation was exported' : `${count} revocations were exported`)
  return EXIT_CODES.done
}
