/** `edgemint decisions list`: shows recorded decisions, the newest first. */

import type { Question } from '../../../analysis/in-house.ts'
import { MAX_PAGE_RECORDS } from '../../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import type { AdminAccess } from '../../trust/admin-api.ts'
import { readPages } from '../decisions-api.ts'
import { askFor, checkFilters, FILTER_FLAGS, PERIOD_FLAGS, READ_FLAGS } from '../filter-flags.ts'
import { renderLine, renderPurged } from '../render-decision.ts'

const DEFAULT_LIMIT = 50

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Shows recorded decisions, the newest first, one line each: time, result, resource, issuer, subject
and id. With several filters, a decision must match all of them.`,
  flags: {
    ...READ_FLAGS,
    ...PERIOD_FLAGS,
    ...FILTER_FLAGS,
    limit: { value: 'NUMBER', about: 'the most decisions', default: String(DEFAULT_LIMIT) },
    json: {
      about:
        'print `{ decisions, complete, purged_to }`; `complete` is false if more match, and decisions up to `purged_to`, in epoch milliseconds, were deleted',
    },
  },
  notes: 'stderr says if more decisions match, and if retention has deleted a part of the period.',
  example:
    'npx edgemint decisions list --url https://sts.example.com --token-file admin.jwt --outcome denied',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  checkFilters(values)
  const limit = parseLimit(values.limit)
  const access = await readAdminAccess(values)
  const { decisions, isComplete, purgedTo } = await findUpTo(access, askFor(values), limit)
  if (values.json) printJson({ decisions, complete: isComplete, purged_to: purgedTo }, 2)
  else if (decisions.length > 0) printPlain(decisions.map(renderLine).join('\n'))
  if (decisions.length === 0) {
    const hint =
      values.claim !== undefined ? ': only recorded claims can match (DECISION_CLAIMS)' : ''
    say(`no decision matches${hint}`)
  }
  if (decisions.length > 0 && !isComplete) {
    say(`more decisions match: raise --limit above ${limit}, or filter`)
  }
  if (isComplete && purgedTo !== null) say(renderPurged(purgedTo))
  return EXIT_CODES.done
}

/** Reads pages until there are enough decisions. */
async function findUpTo(access: AdminAccess, question: Question, limit: number) {
  const decisions: DecisionRecord[] = []
  let purgedTo: number | null = null
  const askNext = (): Question => {
    const size = Math.min(MAX_PAGE_RECORDS, limit - decisions.length)
    return [...question, ['limit', String(size)]]
  }
  for await (const page of readPages(access, askNext)) {
    decisions.push(...page.decisions)
    purgedTo = page.purgedTo
    if (decisions.length >= limit) {
      return { decisions, isComplete: page.next === undefined, purgedTo }
    }
  }
  return { decisions, isComplete: true, purgedTo }
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT
  if (!/^[1-9]\d{0,6}$/.test(text)) throw usageFailure('--limit must be a number from 1')
  return Number(text)
}
