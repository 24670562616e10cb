/** The page `/decisions`: recorded decisions by filters, live, and page by page. */
import { useState } from 'preact/hooks'
import { MissingDecisions } from '../../parts/missing-decisions.tsx'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { navigate } from '../../shell/router.tsx'
import { DECISIONS } from '../../texts/decisions.ts'
import { DecisionFilters } from './filter-form.tsx'
import { formatFilters, readFilters } from './filters.ts'
import { DecisionTable } from './table.tsx'
import { type DecisionList, useDecisions } from './use-decisions.ts'

export function Page({ query }: PageProps) {
  const [isFollowing, setFollowing] = useState(false)
  const filters = readFilters(query)
  const asked = formatFilters(filters)
  // New decisions cannot be in a period that has ended.
  const canFollow = filters.to === ''
  const list = useDecisions(asked, isFollowing && canFollow)
  const follow = (
    <button
      type="button"
      class="button"
      aria-pressed={isFollowing && canFollow}
      disabled={!canFollow}
      onClick={() => setFollowing(!isFollowing)}
    >
      {isFollowing && canFollow ? DECISIONS.following : DECISIONS.follow}
    </button>
  )
  return (
    <PageFrame title={DECISIONS.title} actions={follow}>
      <DecisionFilters
        key={asked}
        filters={filters}
        onSearch={(changed) => {
          const text = formatFilters(changed)
          if (text === asked) list.reload()
          else navigate(text === '' ? '/decisions' : `/decisions?${text}`)
        }}
      />
      <p class="hidden-text" role="status">
        {list.arrived > 0 && DECISIONS.arrived(list.arrived)}
      </p>
      {list.failure !== undefined && <Failure failure={list.failure} onRetry={list.reload} />}
      <Results list={list} isFiltered={asked !== ''} />
    </PageFrame>
  )
}

function Results({
  list,
  isFiltered,
}: {
  readonly list: DecisionList
  readonly isFiltered: boolean
}) {
  const { decisions, hasOlder, isLoading, isCut, missing, failure, loadOlder } = list
  if (decisions === undefined) {
    return failure === undefined ? <Loading what={DECISIONS.loading} /> : null
  }
  const isMissing = missing.purgedTo !== undefined || missing.damagedTo !== undefined
  const isWhole = !(hasOlder || isCut || isMissing)
  return (
    <>
      {decisions.length > 0 && <DecisionTable decisions={decisions} />}
      {decisions.length === 0 && !hasOlder && (
        <Empty>{isFiltered ? DECISIONS.empty : DECISIONS.emptyLog}</Empty>
      )}
      {hasOlder && (
        <div class="pager">
          <button type="button" class="button" disabled={isLoading} onClick={loadOlder}>
            {DECISIONS.older}
          </button>
          {decisions.length === 0 && <span class="hint">{DECISIONS.searchedOn}</span>}
        </div>
      )}
      {isCut && <p class="hint pager">{DECISIONS.cut}</p>}
      {decisions.length > 0 && isWhole && <p class="hint pager">{DECISIONS.complete}</p>}
      {/* What was deleted is older than all decisions that are left. */}
      <MissingDecisions
        purgedTo={hasOlder || isCut ? undefined : missing.purgedTo}
        damagedTo={missing.damagedTo}
      />
    </>
  )
}
