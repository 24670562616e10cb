/** `edgemint plan`: shows what a trust file would change on a gateway. It changes nothing. */

import {
  countFindings,
  type SortedFindings,
  sortFindings,
} from '../../../analysis/source/in-house.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { choicesOf, parseChoice, parseFlags } from '../../shell/flags.ts'
import { noteLines, print, printJson, printPlain, say } from '../../shell/output.ts'
import { adminFlags, TRUST_FILE } from '../admin-flags.ts'
import { renderText } from '../lint/formats.ts'
import { makePlan, type Plan, readPlanRequest } from '../make-plan.ts'
import { countChanges, renderPlan } from '../render-plan.ts'
import { readPeriod } from '../replay/period.ts'
import { renderMarkdown } from '../replay/render-markdown.ts'
import { renderReplay } from '../replay/render-replay.ts'
import { type PeriodReport, runReplay } from '../replay/run-replay.ts'

const FORMATS = ['text', 'json', 'markdown'] as const
type Format = (typeof FORMATS)[number]

export const command = {
  synopsis: 'FILE --url URL [--token-file FILE] [FLAGS]',
  about: `Shows what a trust document would change on a gateway: parts that are added, removed, widened,
narrowed, moved or changed otherwise, and the lint findings of what changes. With --replay, recorded
decisions go through both documents, and the plan names who gains and who loses. Exits with 4 if
something would change, and with 0 otherwise.`,
  flags: {
    ...adminFlags('the scope `trust:read`, and `decisions:read` for `--replay`'),
    replay: {
      value: 'PERIOD',
      about: 'replay the decisions of this time until now, such as `30d`, `12h` or `90m`',
    },
    format: {
      value: 'FORMAT',
      about: '`text`, `json`, or `markdown` for a comment on a pull request',
      default: '`text`',
      completes: FORMATS,
    },
    json: {
      about:
        'print `{ revision, changes, lint, replay }`; the `effect` of a change is `widened`, `narrowed`, `same` or `changed`',
    },
  },
  arguments: TRUST_FILE,
  example: 'npx edgemint plan trust.yaml --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

type Planned = {
  readonly plan: Plan
  readonly findings: SortedFindings
  /** Undefined if it was not asked for, or if nothing changes. */
  readonly replay: PeriodReport | undefined
  /** Whether it was asked for, and nothing changes. */
  readonly isNeedless: boolean
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags(args, command)
  const format = readFormat(parsed.values)
  const seconds = parsed.values.replay === undefined ? undefined : readPeriod(parsed.values.replay)
  const request = await readPlanRequest(parsed)
  const plan = await makePlan(request)
  if (plan === undefined) return EXIT_CODES.refused
  const at = Math.floor(Date.now() / 1000)
  const findings = sortFindings(plan, at)
  const isReplayed = seconds !== undefined && plan.changes.length > 0
  const replay = isReplayed ? await runReplay(request.access, plan, seconds, at) : undefined
  const isNeedless = seconds !== undefined && !isReplayed
  show({ plan, findings, replay, isNeedless }, format)
  return plan.changes.length === 0 ? EXIT_CODES.done : EXIT_CODES.changesPending
}

function readFormat({
  format,
  json,
}: {
  readonly format?: string | undefined
  readonly json: boolean
}): Format {
  const wanted = format ?? (json ? 'json' : 'text')
  const known = parseChoice('--format', wanted, choicesOf(FORMATS))
  if (json && known !== 'json') throw usageFailure('--json and --format cannot be used together')
  return known
}

function show({ plan, findings, replay, isNeedless }: Planned, format: Format): void {
  const { file, revision, changes, problems } = plan
  const { concerned, others } = findings
  switch (format) {
    case 'json': {
      const stored = problems.length === 0 ? {} : { problems }
      const lint = { findings: concerned, others }
      printJson({ revision, changes, lint, ...(replay && { replay }), ...stored })
      break
    }
    case 'markdown':
      // Each value is escaped on its own.
      print(renderMarkdown({ file: file.path, revision, changes, findings, replay, isNeedless }))
      break
    case 'text':
      if (changes.length > 0) printPlain(renderPlan(changes))
      if (replay !== undefined) printPlain(renderReplay(replay))
  }
  say(`${countChanges(changes)} against revision ${revision}`)
  if (isNeedless) say('no decision was replayed, because nothing changes')
  if (concerned.length > 0) noteLines(renderText(concerned, () => file.text))
  if (others > 0) say(`${countFindings(others)} in parts that do not change: npx edgemint lint`)
}
