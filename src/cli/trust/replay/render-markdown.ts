/**
 * Renders a plan as Markdown, for a comment on a pull request. Text of files and tokens is put in code
 * spans, where it cannot be a link, a mention or a table.
 */
import {
  count,
  describeClaims,
  describeGaps,
  describeResult,
  type IdentityList,
  KINDS,
  MAX_SHOWN,
  type ReplayedIdentity,
} from '../../../analysis/in-house.ts'
import type { TrustChange } from '../../../analysis/index.ts'
import {
  countFindings,
  type Remark,
  type SortedFindings,
} from '../../../analysis/source/in-house.ts'
import { makePlain } from '../../../web/text/plain.ts'
import { renderMissing } from '../../decisions/missing.ts'
import { countChanges, renderPlan } from '../render-plan.ts'
import { renderTime } from './render-time.ts'
import type { PeriodReport } from './run-replay.ts'

type Planned = {
  readonly file: string
  readonly revision: number
  readonly changes: readonly TrustChange[]
  readonly findings: SortedFindings
  readonly replay: PeriodReport | undefined
  /** Whether a replay was asked for, and nothing changes. */
  readonly isNeedless: boolean
}

/** A comment of GitHub has at most 65,536 characters. */
const MAX_DIFF_CHARACTERS = 20_000
/** The longest text of a cell. */
const MAX_CELL_CHARACTERS = 300

export function renderMarkdown(planned: Planned): string {
  const { file, revision, changes, findings, replay, isNeedless } = planned
  return [
    `### Plan of ${code(file)}`,
    '',
    `${countChanges(changes)} against revision ${revision}.`,
    ...(changes.length === 0 ? [] : ['', ...renderDiff(renderPlan(changes))]),
    ...renderFindings(findings),
    ...(replay === undefined ? [] : renderReplay(replay)),
    ...(isNeedless ? ['', 'No decision was replayed, because nothing changes.'] : []),
  ].join('\n')
}

function renderDiff(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => `${makePlain(line)}`)
  const shown: string[] = []
  let length = 0
  for (const line of lines) {
    length += line.length
    if (length > MAX_DIFF_CHARACTERS) break
    shown.push(line)
  }
  const hidden = lines.length - shown.length
  return [
    ...fence(shown),
    ...(hidden > 0 ? ['', `${count(hidden, 'line')} more: run \`edgemint plan\`.`] : []),
  ]
}

/** The fence is longer than any run of backticks in the text. */
function fence(lines: readonly string[]): readonly string[] {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? [])
  const mark = '`'.repeat(Math.max(2, ...runs.map(({ length }) => length)) + 1)
  return [`${mark}diff`, ...lines, mark]
}

function renderFindings({ concerned, others }: SortedFindings): readonly string[] {
  const shown = concerned.slice(0, MAX_SHOWN)
  const hidden = concerned.length - shown.length
  return [
    ...(shown.length === 0
      ? []
      : ['', `**${countFindings(concerned.length)}**`, '', ...shown.map(renderFinding)]),
    ...(hidden > 0 ? [`- and ${hidden} more`] : []),
    ...(others === 0 ? [] : ['', `${countFindings(others)} in parts that do not change.`]),
  ]
}

function renderFinding({ id, severity, file, line, message, fix }: Remark): string {
  const advice = fix === undefined ? '' : ` ${code(fix)}`
  return `- ${severity} ${id} at ${code(`${file}:${line}`)}: ${code(message)}${advice}`
}

function renderReplay(report: PeriodReport): readonly string[] {
  const { period, purged_to: purgedTo, damaged_to: damagedTo, decisions, replayed } = report
  return [
    '',
    `#### Replay since ${renderTime(period.from * 1000)}`,
    '',
    `${count(decisions, 'decision')}, ${replayed} replayed exactly.`,
    ...renderMissing({ purgedTo, damagedTo }).flatMap((sentence) => ['', code(sentence)]),
    ...describeGaps(report).flatMap((gap) => ['', `${code(gap)}`]),
    ...KINDS.flatMap(([kind, about]) => renderList(report[kind], about)),
  ]
}

function renderList(list: IdentityList, about: string): readonly string[] {
  const { identities, decisions, omitted_decisions: omitted = 0 } = list
  const title = `${about[0]?.toUpperCase()}${about.slice(1)}`
  if (decisions === 0) return ['', `**${title}: none**`]
  const hidden = identities.length - MAX_SHOWN
  return [
    '',
    `**${title}: ${count(identities.length, 'identity', 'identities')}, ${count(decisions, 'decision')}**`,
    '',
    '| who | resource | before | after | decisions | example |',
    '|---|---|---|---|---|---|',
    ...identities.slice(0, MAX_SHOWN).map(renderRow),
    ...(hidden > 0
      ? ['', `And ${hidden} more: \`edgemint plan --replay … --json\` shows all.`]
      : []),
    ...(omitted > 0 ? ['', `And ${count(omitted, 'decision')} of too many others to list.`] : []),
  ]
}

function renderRow(identity: ReplayedIdentity): string {
  const { issuer, subject, claims, resource = '-', before, after, decisions, examples } = identity
  const known = describeClaims(claims)
  const who = [`${issuer} ${subject}`, ...(known === '' ? [] : [known])].map(code).join('<br>')
  const cells = [who, code(resource), code(describeResult(before)), code(describeResult(after))]
  return `| ${[...cells, String(decisions), code(examples[0] ?? '-')].join(' | ')} |`
}

/** A code span (CommonMark §6.1) that is also safe in a table, where a pipe must be escaped. */
function code(text: string): string {
  const plain = makePlain(text)
  const cut = plain.length > MAX_CELL_CHARACTERS ? `${plain.slice(0, MAX_CELL_CHARACTERS)}…` : plain
  const runs = cut.match(/`+/g) ?? []
  const mark = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1)
  const pad = cut.startsWith('`') || cut.endsWith('`') || cut.trim() === '' ? ' ' : ''
  return `${mark}${pad}${cut.replaceAll('|', '\\|')}${pad}${mark}`
}
