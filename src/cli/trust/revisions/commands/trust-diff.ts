/** `edgemint trust diff`: shows what changed between two revisions. */

import { describeEffects, diffTrust } from '../../../../analysis/index.ts'
import { compileInForce } from '../../../../analysis/source/in-house.ts'
import { readAdminAccess } from '../../../people/admin-access.ts'
import type { Command } from '../../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../../shell/exit-codes.ts'
import { parseFlags } from '../../../shell/flags.ts'
import { printJson, printPlain, say } from '../../../shell/output.ts'
import { getTrust } from '../../admin-api.ts'
import { adminFlags } from '../../admin-flags.ts'
import { countChanges, renderPlan } from '../../render-plan.ts'
import { getDocument, parseRevision } from '../revisions-api.ts'

export const command = {
  synopsis: 'REVISION [REVISION] --url URL [--token-file FILE] [FLAGS]',
  about: `Shows what changed from one revision of the trust document to another, or to the one in force, in the
form of plan. The gateway keeps the last 100 documents.`,
  flags: {
    ...adminFlags('the scope `trust:read`'),
    json: { about: 'print `{ from, to, changes }`' },
  },
  arguments: { least: 1, most: 2, what: 'a revision' },
  example: 'npx edgemint trust diff 1 --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const [from = 0, second] = positionals.map(parseRevision)
  const access = await readAdminAccess(values)
  const { url } = access
  const before = await getDocument(access, from)
  const { revision: to, document: after } =
    second === undefined
      ? await getTrust(access)
      : { revision: second, document: await getDocument(access, second) }
  const compiled = compileInForce(after, url)
  const plain = diffTrust(before, after)
  const changes =
    compiled === undefined ? plain : describeEffects(plain, compileInForce(before, url), compiled)
  if (values.json) printJson({ from, to, changes }, 2)
  else if (changes.length > 0) printPlain(renderPlan(changes))
  say(`${countChanges(changes)} from revision ${from} to revision ${to}`)
  return EXIT_CODES.done
}
