/** The table of rules. */
import { Badge } from '../../parts/badge.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { SortHeader, Table } from '../../parts/table.tsx'
import { pathTo } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { RULES } from '../../texts/rules.ts'
import { FindingCounts } from './finding-counts.tsx'
import { type PagedQuery, toggleOrder } from './query.ts'
import { judgeEnd, RULE_ORDERS, type RuleOrder, type RuleRow } from './rows.ts'

type Props = {
  readonly rows: readonly RuleRow[]
  readonly query: PagedQuery
  readonly onChange: (query: PagedQuery) => void
  /** Epoch seconds. */
  readonly now: number
}

export function RuleTable({ rows, query, onChange, now }: Props) {
  const header = (order: RuleOrder) => (
    <SortHeader
      key={order}
      order={query.order === order ? (query.isReversed ? 'descending' : 'ascending') : undefined}
      onSort={() => onChange(toggleOrder(query, order))}
      isNumber={order === 'position'}
    >
      {RULES.columns[order]}
    </SortHeader>
  )
  const [position, name, from, ...rest] = RULE_ORDERS
  return (
    <Table label={RULES.table}>
      <thead>
        <tr>
          {[position, name, from].map(header)}
          <th scope="col">{RULES.columns.grants}</th>
          {rest.map(header)}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.position} row={row} now={now} />
        ))}
      </tbody>
    </Table>
  )
}

function Row({ row, now }: { readonly row: RuleRow; readonly now: number }) {
  return (
    <tr>
      <td class="number muted">{row.position}</td>
      <th scope="row" class="wide-cell">
        <Link to={pathTo('rules', row.name)}>
          <Name text={row.name} />
        </Link>
      </th>
      <td>
        <Name text={row.from} />
      </td>
      <td class="wide-cell">
        <Grants row={row} />
      </td>
      <td class="wide-cell">{row.owner === '' ? RULES.noOwner : <Name text={row.owner} />}</td>
      <td>
        <End endsAt={row.endsAt} now={now} />
      </td>
      <td>
        <Use row={row} />
      </td>
      <td>
        <FindingCounts findings={row.findings} />
      </td>
    </tr>
  )
}

function Grants({ row }: { readonly row: RuleRow }) {
  return (
    <>
      {row.effect === 'deny' && <Badge tone="bad">{RULES.deny}</Badge>}
      {row.isObserving && <Badge tone="info">{RULES.observe}</Badge>}{' '}
      {row.scopes.length > 0 && <Name text={row.scopes.join(' ')} isCode />}
      {row.resource !== '' && (
        <div class="muted">
          <Name text={row.resource} />
        </div>
      )}
    </>
  )
}

type EndProps = { readonly endsAt: number | undefined; readonly now: number }

function End({ endsAt, now }: EndProps) {
  if (endsAt === undefined) return <>{RULES.noEnd}</>
  const judged = judgeEnd(endsAt, now)
  if (judged === 'later') return <Moment seconds={endsAt} form="relative" />
  return (
    <Badge tone={judged === 'ended' ? 'bad' : 'warn'}>
      {judged === 'ended' && `${RULES.ended} `}
      <Moment seconds={endsAt} form="relative" />
    </Badge>
  )
}

function Use({ row }: { readonly row: RuleRow }) {
  if (row.effect === 'deny' || row.isObserving) return <span class="muted">–</span>
  if (row.use === undefined) return <span class="muted">{RULES.useUnknown}</span>
  if (row.use.lastAt === undefined) return <>{RULES.notUsed}</>
  return <Moment seconds={row.use.lastAt} form="relative" />
}
