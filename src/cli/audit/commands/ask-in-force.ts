/** `edgemint ask in-force`: shows the trust document that decided at a moment. */

import { parseObject } from '../../../client/in-house.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { print, printJson, say } from '../../shell/output.ts'
import { getRevision } from '../../trust/admin-api.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { readMoment } from '../../trust/moment-flag.ts'
import { renderDocument } from '../../trust/revisions/render-document.ts'
import { findRevisionAt } from '../find-revision-at.ts'
import { renderSeconds } from '../render-time.ts'

export const command = {
  synopsis: '--at TIME --url URL [--token-file FILE] [FLAGS]',
  about: `What was in force at a moment: the trust document whose rules decided then, who applied it and when
it was replaced. A decision within ten seconds of a change can be by either document; the command
decisions show names its revision.`,
  flags: {
    at: {
      value: 'TIME',
      about: 'a UTC time such as `2026-12-01T03:12:00Z`; a date means the end of that day',
      required: true,
    },
    ...adminFlags('the scope `trust:read`'),
    json: { about: 'print `{ revision, until, document }`; `until` is null if it is in force' },
  },
  example:
    'npx edgemint ask in-force --at 2026-12-01T03:12:00Z \\\n  --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const at = readMoment(requireFlag('at', values.at), '--at')
  if (at > Date.now() / 1000) {
    throw usageFailure(
      `--at is in the future (${renderSeconds(at)}): nothing is known about the documents of that time`,
      'a date means the end of that day: give a time, such as 2026-12-01T03:12:00Z',
    )
  }
  const access = await readAdminAccess(values)
  const found = await findRevisionAt(access, at)
  if (found === undefined) {
    throw refusal(`no trust document was in force at ${renderSeconds(at)}: the first one is newer`)
  }
  const { revision, until } = found
  if (!revision.kept) {
    throw refusal(
      `revision ${revision.revision} was in force, and its document is no longer stored`,
      `look for ${revision.digest} in the repository of the trust file`,
    )
  }
  const document = parseObject(await getRevision(access, revision.revision))
  if (values.json) printJson({ revision, until: until ?? null, document }, 2)
  else {
    const state = until === undefined ? 'still in force' : `replaced ${renderSeconds(until)}`
    print(renderDocument(revision, state, document))
  }
  say(`revision ${revision.revision} was in force at ${renderSeconds(at)}`)
  return EXIT_CODES.done
}
