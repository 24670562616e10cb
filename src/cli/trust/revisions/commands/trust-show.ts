/** `edgemint trust show`: prints the trust document of a revision as a trust file. */

import { parseObject } from '../../../../client/in-house.ts'
import { readAdminAccess } from '../../../people/admin-access.ts'
import type { Command } from '../../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../../shell/exit-codes.ts'
import { refusal } from '../../../shell/failure.ts'
import { parseFlags } from '../../../shell/flags.ts'
import { print, printJson, say } from '../../../shell/output.ts'
import { type AdminAccess, getRevision, getTrust } from '../../admin-api.ts'
import { adminFlags } from '../../admin-flags.ts'
import { renderDocument } from '../render-document.ts'
import { findRevision, parseRevision } from '../revisions-api.ts'

export const command = {
  synopsis: '[REVISION] --url URL [--token-file FILE] [FLAGS]',
  about: `Prints the trust document of a revision as a trust file, or the one in force. Comments name the
revision, its time, its author and its message. The gateway keeps the last 100 documents. The command
ask in-force prints the document of a moment.`,
  flags: {
    ...adminFlags('the scope `trust:read`'),
    json: { about: 'print `{ revision, document }`; `revision` has the members of `trust log`' },
  },
  arguments: { least: 0, most: 1, what: 'a revision' },
  example: 'npx edgemint trust show 1 --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const asked = positionals.map(parseRevision)[0]
  const access = await readAdminAccess(values)
  const { revision, document } =
    asked === undefined ? await getInForce(access) : await getEarlier(access, asked)
  if (values.json) printJson({ revision, document }, 2)
  else print(renderDocument(revision, undefined, document))
  if (asked === undefined) say(`revision ${revision.revision} is in force`)
  return EXIT_CODES.done
}

async function getInForce(access: AdminAccess) {
  const { revision: number, document } = await getTrust(access)
  return { revision: await findRevision(access, number), document }
}

/** Asks for the revision first: the refusal then says where its document can be found. */
async function getEarlier(access: AdminAccess, number: number) {
  const revision = await findRevision(access, number)
  if (!revision.kept) {
    throw refusal(
      `the document of revision ${number} is no longer stored`,
      `look for ${revision.digest} in the repository of the trust file`,
    )
  }
  return { revision, document: parseObject(await getRevision(access, number)) }
}
