/** `edgemint trust log`: shows who applied which revision when, and why. */
import type { KeptRevision } from '../../../../contract/admin.ts'
import { readAdminAccess } from '../../../people/admin-access.ts'
import type { Command } from '../../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../../shell/exit-codes.ts'
import { parseFlags, parseNumber } from '../../../shell/flags.ts'
import { MAX_LISTED } from '../../../shell/limits.ts'
import { passPlain, printJson, say } from '../../../shell/output.ts'
import { adminFlags } from '../../admin-flags.ts'
import { renderRevision } from '../render-revisions.ts'
import { readRevisions } from '../revisions-api.ts'

const DEFAULT_LIMIT = 20

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Shows the revisions of the trust document, the newest first, one line each: revision, time, author and
message. The gateway keeps these for ever, and the last 100 documents.`,
  flags: {
    ...adminFlags('the scope `trust:read`'),
    limit: {
      value: 'NUMBER',
      about: 'the most revisions, up to 1000000; `--json` keeps them in memory',
      default: String(DEFAULT_LIMIT),
    },
    json: {
      about:
        'print `{ revisions, complete }`; `token_id` of a revision finds its decision: `decisions list --token-id`',
    },
  },
  example: 'npx edgemint trust log --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const limit = parseLimit(values.limit)
  const access = await readAdminAccess(values)
  const kept: KeptRevision[] = []
  let count = 0
  let isComplete = true
  for await (const page of readRevisions(access, limit)) {
    count += page.revisions.length
    isComplete = page.isComplete
    if (values.json) kept.push(...page.revisions)
    else if (page.revisions.length > 0) {
      await passPlain(page.revisions.map(renderRevision).join('\n'))
    }
  }
  if (values.json) printJson({ revisions: kept, complete: isComplete }, 2)
  if (count === 0) say('no document was applied yet')
  else if (!isComplete) say(`there are earlier revisions: raise --limit above ${limit}`)
  return EXIT_CODES.done
}

function parseLimit(text: string = String(DEFAULT_LIMIT)): number {
  return parseNumber('--limit', text, { least: 1, most: MAX_LISTED })
}
