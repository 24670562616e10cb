/** `edgemint whoami`: who is logged in at a gateway, as what, and until when. */
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain } from '../../shell/output.ts'
import { notLoggedIn } from '../not-logged-in.ts'
import { PERSON_FLAGS, readGateway } from '../people-flags.ts'
import { describeSession, renderSession } from '../render-session.ts'
import { readSession } from '../session-file.ts'

export const command = {
  synopsis: '[FLAGS]',
  about: `Shows who is logged in at a gateway: the subject, its identity provider, role, scopes, and the end of
the admin token. It reads the session of this machine and asks nobody.`,
  flags: { ...PERSON_FLAGS, json: { about: 'print JSON' } },
  example: 'npx edgemint whoami --url https://sts.example.com',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const gateway = readGateway(values.url)
  const session = readSession(gateway)
  if (session === undefined) throw notLoggedIn(gateway)
  const report = describeSession(session)
  if (values.json) printJson(report, 2)
  else printPlain(renderSession(report))
  return EXIT_CODES.done
}
