/** The filters of decisions: those of `GET /admin/v1/decisions`, in the address and in the form. */
import { formatLocal } from '../../parts/times.ts'

/** Filters with one text, by the names of the API. */
export const TEXT_FILTERS = [
  'rule',
  'issuer',
  'subject',
  'resource',
  'reason',
  'actor',
  'token_id',
] as const
export type TextFilter = (typeof TEXT_FILTERS)[number]

/** Filters that are always shown. The others are behind a button, unless they are set. */
export const FIRST_FILTERS: readonly TextFilter[] = ['rule', 'issuer', 'subject']

export type Filters = Readonly<Record<TextFilter | 'outcome' | 'from' | 'to', string>> & {
  readonly claims: readonly string[]
}

const SINGLE = ['outcome', ...TEXT_FILTERS, 'from', 'to'] as const

/** Reads the address. Other parameters are ignored, and nothing is checked: the gateway does. */
export function readFilters(query: URLSearchParams): Filters {
  const read = (name: string) => query.get(name)?.trim() ?? ''
  const claims = query.getAll('claim').filter((claim) => claim !== '')
  return {
    outcome: read('outcome'),
    rule: read('rule'),
    issuer: read('issuer'),
    subject: read('subject'),
    resource: read('resource'),
    reason: read('reason'),
    actor: read('actor'),
    token_id: read('token_id'),
    from: read('from'),
    to: read('to'),
    claims,
  }
}

/** Returns the query of the address and of the API, without `?`. */
export function formatFilters(filters: Filters): string {
  const query = new URLSearchParams()
  for (const name of SINGLE) if (filters[name] !== '') query.set(name, filters[name])
  for (const claim of filters.claims) query.append('claim', claim)
  return query.toString()
}

/** Whether a filter is set that the form shows only on demand. */
export function hasFurther(filters: Filters): boolean {
  const { claims, from, to } = filters
  const further = TEXT_FILTERS.filter((name) => !FIRST_FILTERS.includes(name))
  return (
    claims.length > 0 || from !== '' || to !== '' || further.some((name) => filters[name] !== '')
  )
}

/** Returns the value of an input for local times; empty if the text is no time of the API. */
export function toLocalInput(text: string, field: 'from' | 'to'): string {
  const milliseconds = parseTime(text, field)
  return milliseconds === undefined ? '' : formatLocal(milliseconds).replace(' ', 'T')
}

/** Returns the time of an input for local times as the API takes it. */
export function fromLocalInput(value: string): string {
  const milliseconds = Date.parse(value)
  if (Number.isNaN(milliseconds)) return ''
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}

/** As the API: a date means its begin for `from`, and its end for `to`. */
function parseTime(text: string, field: 'from' | 'to'): number | undefined {
  if (/^\d{1,11}$/.test(text)) return Number(text) * 1000
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(text)) return undefined
  const milliseconds = Date.parse(text)
  if (Number.isNaN(milliseconds)) return undefined
  return text.length === 10 && field === 'to' ? milliseconds + 86_400_000 : milliseconds
}
