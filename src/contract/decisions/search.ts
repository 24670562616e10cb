/**
 * Reads the parameters of `GET /admin/v1/decisions`. A parameter that is unknown, repeated or invalid is
 * a problem with its name, because a filter that is ignored would return other decisions than asked.
 */
import type * as z from 'zod/mini'
import { parseMoment } from '../../web/moment.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import type { DocumentProblem } from '../admin.ts'
import { IN_ENGLISH } from '../text.ts'
import { type DecisionFilter, decisionFilterSchema, MAX_PAGE_RECORDS } from './query.ts'

/** Records of a page without `limit`. */
const DEFAULT_PAGE_RECORDS = 100
const DAY_MILLISECONDS = 86_400_000
/** One question covers at most this period. A longer one is asked in parts. */
const MAX_PERIOD_DAYS = 366

/** Parameters that are the member of the filter of the same name. */
const PLAIN = [
  'rule',
  'issuer',
  'subject',
  'actor',
  'resource',
  'outcome',
  'reason',
  'token_id',
] as const
/** Every parameter, in the order of the documentation. */
const DECISION_PARAMETERS = ['from', 'to', ...PLAIN, 'claim', 'shard', 'limit', 'cursor'] as const

export type DecisionSearch = {
  /** `from` and `to` are set only if they were given. */
  readonly filter: DecisionFilter
  /** The only shard to search; undefined: all of them. */
  readonly shard: number | undefined
  readonly limit: number
  readonly cursor: string | undefined
  /** The question without `limit` and `cursor`. A cursor continues exactly this one. */
  readonly question: string
}

/** The parts of `URLSearchParams` that are needed. */
type Parameters = {
  readonly keys: () => Iterable<string>
  readonly get: (name: string) => string | null
  readonly getAll: (name: string) => readonly string[]
}

type Problems = readonly DocumentProblem[]
type Report = (code: string, path: DocumentProblem['path'], message: string) => void

export function parseDecisionSearch(parameters: Parameters): Result<DecisionSearch, Problems> {
  const problems: DocumentProblem[] = []
  const report: Report = (code, path, message) => problems.push({ code, path, message })
  checkNames(parameters, report)
  const read = (name: string) => parameters.get(name) ?? undefined
  const from = readTime('from', read('from'), report)
  const to = readTime('to', read('to'), report)
  if (from !== undefined && to !== undefined && from >= to) {
    report('period_invalid', ['from'], 'is not before `to`: exchange them')
  }
  const claims = readClaims(parameters.getAll('claim'), report)
  const shard = parseShard(read('shard'))
  if (shard === 'invalid') report('shard_invalid', ['shard'], 'must be a number from 0')
  const limit = parseLimit(read('limit'))
  if (limit === undefined) {
    report('limit_invalid', ['limit'], `must be a number from 1 to ${MAX_PAGE_RECORDS}`)
  }
  const members = PLAIN.flatMap((name) => {
    const value = read(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const outcome = read('outcome') ?? 'denied'
  if (read('reason') !== undefined && outcome !== 'denied') {
    report('reason_impossible', ['reason'], 'is only of denials: `outcome` must be denied')
  }
  const filter = decisionFilterSchema.safeParse(
    {
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...Object.fromEntries(members),
      ...(claims.length > 0 && { claims }),
    },
    IN_ENGLISH,
  )
  if (!filter.success) problems.push(...filter.error.issues.map(describeIssue))
  if (!filter.success || limit === undefined || shard === 'invalid' || problems.length > 0) {
    return fail(problems)
  }
  const question = JSON.stringify(shard === undefined ? filter.data : [filter.data, shard])
  return ok({ filter: filter.data, shard, limit, cursor: read('cursor'), question })
}

function checkNames(parameters: Parameters, report: Report): void {
  const known: readonly string[] = DECISION_PARAMETERS
  for (const name of new Set(parameters.keys())) {
    if (!known.includes(name)) {
      report('parameter_unknown', [name], `is unknown: use ${DECISION_PARAMETERS.join(', ')}`)
    } else if (name !== 'claim' && parameters.getAll(name).length > 1) {
      report('parameter_repeated', [name], 'is given twice: give it once')
    }
  }
}

/**
 * Returns the period in epoch milliseconds, or the problem of one that is too long. Without `from` it
 * is as long as allowed.
 */
export function periodOf(
  { from, to }: DecisionFilter,
  now: number,
): Result<{ readonly from: number; readonly to: number }, DocumentProblem> {
  // The end is exclusive.
  const end = to ?? Math.max(now, from ?? 0) + 1
  const longest = MAX_PERIOD_DAYS * DAY_MILLISECONDS
  const start = from ?? Math.max(0, end - longest)
  if (end - start <= longest) return ok({ from: start, to: end })
  const message = `begins more than ${MAX_PERIOD_DAYS} days before \`to\`: ask for shorter periods, one after the other`
  return fail({ code: 'period_too_long', path: ['from'], message })
}

function readTime(name: 'from' | 'to', text: string | undefined, report: Report) {
  const time = text === undefined ? undefined : parseTime(text, name)
  if (text !== undefined && time === undefined) {
    const example = '1795000000, 2026-12-01 or 2026-12-01T12:00:00Z'
    report('time_invalid', [name], `is no time: use epoch seconds or UTC, such as ${example}`)
  }
  return time
}

/** A date means its begin for `from`, and its end for `to`. */
function parseTime(text: string, name: 'from' | 'to'): number | undefined {
  if (/^\d{1,11}$/.test(text)) return Number(text) * 1000
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(text)) return undefined
  const end = parseMoment(text)
  if (end === undefined) return undefined
  const isDay = text.length === 10
  return isDay && name === 'from' ? end * 1000 - DAY_MILLISECONDS : end * 1000
}

function readClaims(texts: readonly string[], report: Report) {
  return texts.flatMap((text, index) => {
    const claim = parseClaimFilter(text)
    if (claim !== undefined) return [claim]
    const example = 'repository_id=42, or ["kubernetes.io","namespace"]=prod for exact names'
    report('claim_invalid', ['claim', index], `is no claim and value: use ${example}`)
    return []
  })
}

function parseClaimFilter(text: string) {
  const [, names, path, value] = /^(?:(\[.*?\])|([^=[][^=]*))=(.*)$/s.exec(text) ?? []
  const steps = names === undefined ? path?.split('.') : parseNames(names)
  const isPath = steps?.every((step) => step !== '') === true
  return isPath && steps !== undefined && value !== undefined ? { path: steps, value } : undefined
}

function parseNames(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isNames = Array.isArray(value) && value.length > 0
    return isNames && value.every((name) => typeof name === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_PAGE_RECORDS
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return limit >= 1 && limit <= MAX_PAGE_RECORDS ? limit : undefined
}

function parseShard(text: string | undefined): number | 'invalid' | undefined {
  if (text === undefined) return undefined
  return /^\d{1,2}$/.test(text) ? Number(text) : 'invalid'
}

function describeIssue({ path, message }: z.core.$ZodIssue): DocumentProblem {
  const [first, ...rest] = path.map((step) => (typeof step === 'number' ? step : String(step)))
  const place = first === 'claims' ? ['claim', ...rest.slice(0, 1)] : [first ?? '', ...rest]
  return { code: 'value_invalid', path: place, message }
}
