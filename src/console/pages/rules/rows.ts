/** The rows of the table of rules: a rule with its use and its findings, search, filters and order. */
import type {
  PostureFinding,
  PostureReport,
  PostureSeverity,
} from '../../../contract/posture/report.ts'
import type { RuleSource } from '../../../contract/trust-document.ts'
import { parseMoment } from '../../../web/moment.ts'

export type RuleRow = {
  readonly name: string
  /** From 1, in the order of the document. */
  readonly position: number
  readonly effect: 'allow' | 'deny'
  readonly isObserving: boolean
  readonly from: string
  readonly resource: string
  readonly scopes: readonly string[]
  readonly owner: string
  readonly description: string
  /** Epoch seconds. */
  readonly endsAt: number | undefined
  readonly use: RuleUse
  readonly findings: readonly PostureFinding[]
}

/** Undefined: not known, because the report is missing or the deployment keeps no decisions. */
type RuleUse = { readonly lastAt: number | undefined } | undefined

export const RULE_FILTERS = [
  'all',
  'allow',
  'deny',
  'observe',
  'ending',
  'unused',
  'findings',
] as const
type RuleFilter = (typeof RULE_FILTERS)[number]

export const RULE_ORDERS = [
  'position',
  'name',
  'from',
  'owner',
  'ends',
  'used',
  'findings',
] as const
export type RuleOrder = (typeof RULE_ORDERS)[number]

export type RuleQuery = {
  readonly search: string
  readonly filter: RuleFilter
  readonly order: RuleOrder
  readonly isReversed: boolean
}

const SOON_SECONDS = 30 * 86_400
const WEIGHTS: Readonly<Record<PostureSeverity, number>> = { error: 1_000_000, warn: 1000, info: 1 }

export function makeRows(
  rules: readonly RuleSource[],
  posture: PostureReport | undefined,
): readonly RuleRow[] {
  const findings = Map.groupBy(
    (posture?.findings ?? []).filter(({ subject }) => subject.kind === 'rule'),
    ({ subject }) => subject.name,
  )
  const lastUse = new Map<string, number>()
  for (const { rule, last_at } of posture?.usage.rights ?? []) {
    lastUse.set(rule, Math.max(lastUse.get(rule) ?? 0, last_at))
  }
  const isUseKnown = posture !== undefined && posture.usage.state !== 'off'
  return rules.map((rule, index) => ({
    ...describeRule(rule),
    position: index + 1,
    use: isUseKnown ? { lastAt: lastUse.get(rule.name) } : undefined,
    findings: findings.get(rule.name) ?? [],
  }))
}

function describeRule(rule: RuleSource) {
  const grant = 'grant' in rule ? rule.grant : undefined
  return {
    name: rule.name,
    effect: rule.effect === 'deny' ? ('deny' as const) : ('allow' as const),
    isObserving: rule.mode === 'observe',
    from: String(rule.from ?? ''),
    resource: grant?.resource ?? '',
    scopes: grant?.scopes ?? [],
    owner: rule.owner ?? '',
    description: rule.description ?? '',
    endsAt: rule.expires === undefined ? undefined : parseMoment(rule.expires),
  }
}

/** Returns the rows that match, in the asked order. Equal rows stay in the order of the document. */
export function selectRows(
  rows: readonly RuleRow[],
  query: RuleQuery,
  now: number,
): readonly RuleRow[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean)
  const found = rows.filter((row) => passes(row, query.filter, now) && hasWords(row, words))
  const compare = COMPARISONS[query.order]
  const sign = query.isReversed ? -1 : 1
  return found.toSorted(
    (left, right) => sign * compare(left, right) || left.position - right.position,
  )
}

function hasWords(row: RuleRow, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const { name, owner, from, resource, scopes, description } = row
  const text = [name, owner, from, resource, description, ...scopes].join('\n').toLowerCase()
  return words.every((word) => text.includes(word))
}

function passes(row: RuleRow, filter: RuleFilter, now: number): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'allow':
      return row.effect === 'allow' && !row.isObserving
    case 'deny':
      return row.effect === 'deny'
    case 'observe':
      return row.isObserving
    case 'ending':
      return row.endsAt !== undefined && row.endsAt <= now + SOON_SECONDS
    case 'unused':
      // A deny rule or an observing rule issues no token.
      return (
        row.effect === 'allow' &&
        !row.isObserving &&
        row.use !== undefined &&
        row.use.lastAt === undefined
      )
    case 'findings':
      return row.findings.length > 0
  }
}

const byText = (read: (row: RuleRow) => string) => (left: RuleRow, right: RuleRow) =>
  read(left).localeCompare(read(right), 'en', { numeric: true })
const byNumber = (read: (row: RuleRow) => number) => (left: RuleRow, right: RuleRow) => {
  const [one, other] = [read(left), read(right)]
  return one === other ? 0 : one < other ? -1 : 1
}

const COMPARISONS: Readonly<Record<RuleOrder, (left: RuleRow, right: RuleRow) => number>> = {
  position: byNumber(({ position }) => position),
  name: byText(({ name }) => name),
  from: byText(({ from }) => from),
  owner: byText(({ owner }) => owner),
  ends: byNumber(({ endsAt }) => endsAt ?? Number.POSITIVE_INFINITY),
  used: byNumber(({ use }) => use?.lastAt ?? 0),
  findings: byNumber(({ findings }) =>
    findings.reduce((sum, { severity }) => sum + WEIGHTS[severity], 0),
  ),
}

/** Whether a rule has ended, or ends so soon that somebody should renew it. */
export function judgeEnd(endsAt: number, now: number): 'ended' | 'soon' | 'later' {
  if (endsAt <= now) return 'ended'
  return endsAt <= now + SOON_SECONDS ? 'soon' : 'later'
}
