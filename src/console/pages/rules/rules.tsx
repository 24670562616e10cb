/** The page `/rules`: all rules with owner, end, last use and findings; search, filter and order. */
import { useMemo } from 'preact/hooks'
import type { PostureReport } from '../../../contract/posture/report.ts'
import { read } from '../../api/request.ts'
import { POSTURE_REPORT } from '../../api/shapes.ts'
import { type LoadedTrust, loadTrust } from '../../api/trust.ts'
import { type Loaded, useData } from '../../api/use-data.ts'
import { Empty, Failure, LoadedView } from '../../parts/states.tsx'
import { Pager } from '../../parts/table.tsx'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { navigate } from '../../shell/router.tsx'
import { RULES } from '../../texts/rules.ts'
import { RuleFilters } from './filters.tsx'
import { formatQuery, type PagedQuery, readQuery } from './query.ts'
import { makeRows, selectRows } from './rows.ts'
import { RuleTable } from './table.tsx'

const PAGE_ROWS = 100

export function Page({ query }: PageProps) {
  const trust = useData('trust', loadTrust)
  const posture = useData('posture', (signal) => read('/posture', POSTURE_REPORT, { signal }))
  return (
    <PageFrame title={RULES.title}>
      <LoadedView data={trust} what={RULES.loading}>
        {(loaded) => <Rules trust={loaded} posture={posture} query={readQuery(query)} />}
      </LoadedView>
    </PageFrame>
  )
}

type Props = {
  readonly trust: LoadedTrust
  readonly posture: Loaded<PostureReport>
  readonly query: PagedQuery
}

function Rules({ trust, posture, query }: Props) {
  const { search, filter, order, isReversed } = query
  const now = Math.floor(Date.now() / 1000)
  const rows = useMemo(() => makeRows(trust.rules, posture.value), [trust, posture.value])
  const selected = useMemo(
    () => selectRows(rows, { search, filter, order, isReversed }, now),
    [rows, search, filter, order, isReversed],
  )
  const change = (changed: PagedQuery) => navigate(formatQuery(changed), { replace: true })
  const last = Math.max(0, Math.ceil(selected.length / PAGE_ROWS) - 1)
  const page = Math.min(query.page, last)
  return (
    <>
      {trust.problems > 0 && <p class="notice warn">{RULES.leftOut(trust.problems)}</p>}
      {posture.failure !== undefined && (
        <Failure failure={posture.failure} onRetry={posture.reload} />
      )}
      {posture.value?.usage.state === 'off' && <p class="hint">{RULES.useOff}</p>}
      {rows.length === 0 ? (
        <Empty>{RULES.empty}</Empty>
      ) : (
        <>
          <RuleFilters query={query} onChange={change} />
          <p class="hint" role="status">
            {RULES.count(selected.length, rows.length)}
          </p>
          {selected.length === 0 ? (
            <Empty>{RULES.noMatch}</Empty>
          ) : (
            <RuleTable
              rows={selected.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)}
              query={query}
              onChange={change}
              now={now}
            />
          )}
          <Pager
            page={page}
            size={PAGE_ROWS}
            count={selected.length}
            onPage={(next) => change({ ...query, page: next })}
          />
        </>
      )}
    </>
  )
}
