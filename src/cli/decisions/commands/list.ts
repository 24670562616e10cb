/** `edgemint decisions list`: shows recorded decisions, the newest first. */

import type { Question } from '../../../analysis/in-house.ts'
import { MAX_PAGE_RECORDS } from '../../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, parseNumber } from '../../shell/flags.ts'
import { MAX_LISTED } from '../../shell/limits.ts'
import { passPlain, say } from '../../shell/output.ts'
import type { AdminAccess } from '../../trust/admin-api.ts'
import { readPages } from '../decisions-api.ts'
import {
  askFor,
  checkFilters,
  checkQuestion,
  FILTER_FLAGS,
  PERIOD_FLAGS,
  READ_FLAGS,
} from '../filter-flags.ts'
import { createKeptPages } from '../kept-pages.ts'
import { addMissing, NOTHING_MISSING, renderMissing } from '../missing.ts'
import { renderLine } from '../render-decision.ts'

const DEFAULT_LIMIT = 50

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Shows recorded decisions, the newest first, one line each: time, result, resource, issuer, subject
and id. With several filters, a decision must match all of them.`,
  flags: {
    ...READ_FLAGS,
    ...PERIOD_FLAGS,
    ...FILTER_FLAGS,
    limit: {
      value: 'NUMBER',
      about: 'the most decisions, up to 1000000; `--json` keeps them compressed in memory',
      default: String(DEFAULT_LIMIT),
    },
    json: {
      about:
        'print `{ decisions, complete, purged_to, damaged_to }`; `complete` is false if more match. Decisions up to `purged_to`, in epoch milliseconds, were deleted, and some up to `damaged_to` cannot be read',
    },
  },
  notes:
    'stderr says if more decisions match, if some of the period were deleted, and if some cannot be read.',
  example:
    'npx edgemint decisions list --url https://sts.example.com --token-file admin.jwt --outcome denied',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  checkFilters(values)
  const limit = parseLimit(values.limit)
  const question = askFor(values)
  checkQuestion(question)
  const access = await readAdminAccess(values)
  const kept = createKeptPages()
  let count = 0
  const { isComplete, missing } = await findUpTo(access, question, limit, async (page) => {
    count += page.length
    if (values.json) kept.add(page)
    else if (page.length > 0) await passPlain(page.map(renderLine).join('\n'))
  })
  if (values.json) {
    const { purgedTo, damagedTo } = missing
    const times = { purged_to: purgedTo, damaged_to: damagedTo }
    await kept.print({ complete: isComplete, ...times })
  }
  if (count === 0) {
    const hint =
      values.claim !== undefined ? ': only recorded claims can match (DECISION_CLAIMS)' : ''
    say(`no decision matches${hint}`)
  }
  if (count > 0 && !isComplete) {
    say(`more decisions match: raise --limit above ${limit}, or filter`)
  }
  const said = isComplete ? missing : { ...missing, purgedTo: null }
  for (const sentence of renderMissing(said)) say(sentence)
  return EXIT_CODES.done
}

/** Reads pages until there are enough decisions. Gives each to `take`, so that text needs no memory. */
async function findUpTo(
  access: AdminAccess,
  question: Question,
  limit: number,
  take: (decisions: readonly DecisionRecord[]) => Promise<void>,
) {
  let count = 0
  let missing = NOTHING_MISSING
  const askNext = (): Question => {
    const size = Math.min(MAX_PAGE_RECORDS, limit - count)
    return [...question, ['limit', String(size)]]
  }
  for await (const page of readPages(access, askNext)) {
    await take(page.decisions)
    count += page.decisions.length
    missing = addMissing(missing, page.missing)
    if (count >= limit) return { isComplete: page.next === undefined, missing }
  }
  return { isComplete: true, missing }
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT
  return parseNumber('--limit', text, { least: 1, most: MAX_LISTED })
}
