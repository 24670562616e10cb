/** `edgemint decisions follow`: shows new decisions as they are recorded. */

import { setTimeout as wait } from 'node:timers/promises'
import type { Question } from '../../../analysis/in-house.ts'
import { MAX_PAGE_RECORDS } from '../../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { renderSeconds } from '../../audit/render-time.ts'
import { untilStopped } from '../../operate/until-stopped.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { CommandFailure, usageFailure } from '../../shell/failure.ts'
import { parseFlags, parseNumber } from '../../shell/flags.ts'
import { FOLLOW_OVERLAP_SECONDS, MAX_INTERVAL_SECONDS } from '../../shell/limits.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import { type AdminAccess, notAGateway } from '../../trust/admin-api.ts'
import { findDecisions, type ReadPage, readPages } from '../decisions-api.ts'
import { askFor, checkFilters, checkQuestion, FILTER_FLAGS, READ_FLAGS } from '../filter-flags.ts'
import { addMissing, type Missing, NOTHING_MISSING, renderMissing } from '../missing.ts'
import { renderLine } from '../render-decision.ts'

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Shows each new decision as it is recorded, about a second after its answer, until it is stopped. With
several filters, a decision must match all of them. The token file is read again for each question, so
another program can renew the token. A login is renewed too. A gateway that has answered once may be
down for a while: the command asks again, and then shows what was recorded meanwhile.`,
  flags: {
    ...READ_FLAGS,
    ...FILTER_FLAGS,
    interval: { value: 'SECONDS', about: 'the time between two questions', default: '2' },
    json: { about: 'print each decision as one line of JSON' },
  },
  example:
    'npx edgemint decisions follow --url https://sts.example.com --token-file admin.jwt --outcome denied',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  checkFilters(values)
  const question = askFor(values)
  checkQuestion(question)
  requireAdminUrl(values.url)
  if (values['token-file'] === '-')
    throw usageFailure('--token-file cannot be -: it is read again and again')
  const milliseconds = parseInterval(values.interval) * 1000
  const stopped = new AbortController()
  const stop = untilStopped().then(() => stopped.abort())
  const isNew = createMemory()
  let from: number | undefined
  let told: number | null = null
  let hasAnswer = false
  let answeredAt = performance.now()
  const pause = () =>
    wait(milliseconds, undefined, { signal: stopped.signal }).catch(() => undefined)
  while (!stopped.signal.aborted) {
    const asked = readAdminAccess(values)
      .then((access) => findSince(access, question, from))
      .catch((error: unknown) => sayOutage(error, hasAnswer))
    // A question to a gateway that is down takes 20 seconds, which a stop does not wait for.
    const found = await Promise.race([asked, stop])
    if (found === undefined) {
      await pause()
      continue
    }
    hasAnswer = true
    const { decisions, damagedTo, at } = found
    const sinceAnswer = Math.ceil((performance.now() - answeredAt) / 1000)
    answeredAt = performance.now()
    if (from === undefined) {
      from = at
      continue
    }
    if (at < from) {
      if (at < from - FOLLOW_OVERLAP_SECONDS) say(describeSetBack(from, at))
      // It was set back after the last answer, so what is new is not older than that.
      from = Math.max(0, at - sinceAnswer)
      continue
    }
    for (const record of decisions.filter(isNew)) {
      if (values.json) printJson(record)
      else printPlain(renderLine(record))
    }
    if (damagedTo !== told) {
      for (const sentence of renderMissing({ purgedTo: null, damagedTo })) say(sentence)
    }
    told = damagedTo
    // Isolates send their decisions at different times, so a decision can arrive after a later one.
    from = Math.max(from, at - FOLLOW_OVERLAP_SECONDS)
    await pause()
  }
  return EXIT_CODES.done
}

/** A gateway that has answered before, and is down for longer, may be in a restart or an upgrade. */
function sayOutage(error: unknown, hasAnswer: boolean): undefined {
  const isOutage = error instanceof CommandFailure && error.exitCode === EXIT_CODES.unreachable
  if (!hasAnswer || !isOutage) throw error
  say(`${error.message}; asking again`)
}

function describeSetBack(from: number, at: number): string {
  const times = `${renderSeconds(at)} to ${renderSeconds(from + FOLLOW_OVERLAP_SECONDS)}`
  return `the gateway's clock was set back: decisions with the times ${times} may be shown again`
}

type Found = Pick<Missing, 'damagedTo'> & {
  readonly decisions: readonly DecisionRecord[]
  /** The time of the gateway, in epoch seconds. That of this machine may be wrong. */
  readonly at: number
}

/**
 * Returns the decisions since a time, in epoch seconds, the oldest first; none without a time. If the
 * gateway's time is earlier, returns only that.
 */
async function findSince(
  access: AdminAccess,
  question: Question,
  from: number | undefined,
): Promise<Found> {
  const findTime = async (): Promise<Found> => {
    const page = await findDecisions(access, [...question, ['limit', '1']])
    return { decisions: [], damagedTo: null, at: readTime(page) }
  }
  if (from === undefined) return findTime()
  const since: Question = [...question, ['from', String(from)], ['limit', String(MAX_PAGE_RECORDS)]]
  const decisions: DecisionRecord[] = []
  let missing = NOTHING_MISSING
  let at = from
  for await (const page of readPages(access, () => since)) {
    // A gateway answers that a period ends right after its begin if its own time is earlier.
    if (page.to !== undefined && page.to <= from * 1000 + 1) return findTime()
    // Of the first page, because decisions may be recorded while the others are read.
    if (decisions.length === 0) at = readTime(page)
    decisions.push(...page.decisions)
    missing = addMissing(missing, page.missing)
  }
  return { decisions: decisions.reverse(), damagedTo: missing.damagedTo, at }
}

function readTime({ to }: ReadPage): number {
  if (to === undefined) throw notAGateway(200)
  return Math.floor(to / 1000)
}

/** Returns whether a record was not seen before. It forgets records that cannot come again. */
function createMemory() {
  const seen = new Map<string, number>()
  return ({ id, at }: DecisionRecord): boolean => {
    if (seen.has(id)) return false
    for (const [old, time] of seen) {
      if (time < at - 2000 * FOLLOW_OVERLAP_SECONDS) seen.delete(old)
    }
    seen.set(id, at)
    return true
  }
}

function parseInterval(text = '2'): number {
  return parseNumber('--interval', text, { least: 1, most: MAX_INTERVAL_SECONDS, unit: 'seconds' })
}
