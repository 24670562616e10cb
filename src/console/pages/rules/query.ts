/** The search, filter, order and page of the table of rules in the address, so that links have them. */
import { withQuery } from '../../shell/route.ts'
import { RULE_FILTERS, RULE_ORDERS, type RuleOrder, type RuleQuery } from './rows.ts'

export type PagedQuery = RuleQuery & {
  /** From 0. */
  readonly page: number
}

export function readQuery(query: URLSearchParams): PagedQuery {
  const sort = query.get('sort') ?? 'position'
  const order = sort.replace(/^-/, '')
  const page = query.get('page') ?? ''
  return {
    search: query.get('search') ?? '',
    filter: RULE_FILTERS.find((name) => name === query.get('show')) ?? 'all',
    order: RULE_ORDERS.find((name) => name === order) ?? 'position',
    isReversed: sort.startsWith('-'),
    page: /^[1-9]\d{0,5}$/.test(page) ? Number(page) - 1 : 0,
  }
}

export function formatQuery({ search, filter, order, isReversed, page }: PagedQuery): string {
  const sort = isReversed ? `-${order}` : order
  return withQuery('/rules', {
    search,
    show: filter === 'all' ? undefined : filter,
    sort: sort === 'position' ? undefined : sort,
    page: page === 0 ? undefined : String(page + 1),
  })
}

/** Findings and use are most useful from the top, so the first click sorts them in reverse. */
export function toggleOrder(query: PagedQuery, order: RuleOrder): PagedQuery {
  const startsReversed = order === 'findings' || order === 'used'
  const isReversed = query.order === order ? !query.isReversed : startsReversed
  return { ...query, order, isReversed, page: 0 }
}
