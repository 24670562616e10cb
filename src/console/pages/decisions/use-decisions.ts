/** Loads decisions by filters: the first page, older ones, and new ones while it follows. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { DecisionPage } from '../../../contract/decisions/answers.ts'
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import type { ApiFailure } from '../../api/failure.ts'
import { addMissing, type Missing, NOTHING_MISSING } from '../../api/missing.ts'
import { read } from '../../api/request.ts'
import { DECISION_PAGE } from '../../api/shapes.ts'
import { sessionRenewals } from '../../session/session.ts'
import { useStore } from '../../shell/store.ts'
import { askNewer } from './ask-newer.ts'
import { addFollowed, mergeDecisions } from './merge.ts'

const PAGE = '100'
const FOLLOW_MILLISECONDS = 3000

export type DecisionList = {
  /** Undefined until the first page is here. */
  readonly decisions: readonly DecisionRecord[] | undefined
  /** How many arrived with the last question of the follower. */
  readonly arrived: number
  readonly hasOlder: boolean
  readonly isLoading: boolean
  /** Older ones were dropped, because too many arrived. */
  readonly isCut: boolean
  readonly missing: Missing
  readonly failure?: ApiFailure
  readonly loadOlder: () => void
  readonly reload: () => void
}

type State = {
  readonly decisions: readonly DecisionRecord[] | undefined
  readonly arrived: number
  readonly next?: string
  readonly isLoading: boolean
  readonly isCut: boolean
  readonly missing: Missing
  readonly failure?: ApiFailure
}

const EMPTY: State = {
  ...{ decisions: undefined, arrived: 0, isLoading: true, isCut: false },
  missing: NOTHING_MISSING,
}

function search(query: string, more: Readonly<Record<string, string>>, signal: AbortSignal) {
  const parameters = new URLSearchParams(query)
  for (const [name, value] of Object.entries(more)) parameters.set(name, value)
  return read(`/decisions?${parameters}`, DECISION_PAGE, { signal })
}

export function useDecisions(query: string, isFollowing: boolean): DecisionList {
  const [state, setState] = useState<State>(EMPTY)
  const [attempt, setAttempt] = useState(0)
  const renewals = useStore(sessionRenewals)
  const current = useRef(state)
  current.current = state
  const controller = useRef(new AbortController())

  const add = async (more: Readonly<Record<string, string>>) => {
    const { signal } = controller.current
    setState((old) => ({ ...old, isLoading: true }))
    const page = await search(query, more, signal)
    if (signal.aborted) return
    setState((old) => (page.ok ? addOlder(old, page.value) : failed(old, page.error)))
  }

  useEffect(() => {
    controller.current = new AbortController()
    setState(EMPTY)
    void add({ limit: PAGE })
    return () => controller.current.abort()
  }, [query, attempt, renewals])

  useEffect(() => {
    if (!isFollowing) return
    const startedAt = Date.now()
    let isAsking = false
    const ask = async () => {
      const { decisions } = current.current
      if (isAsking || document.hidden || decisions === undefined) return
      isAsking = true
      const { signal } = controller.current
      const searchMore = (more: Readonly<Record<string, string>>) => search(query, more, signal)
      const page = await askNewer(searchMore, decisions[0]?.at, startedAt)
      isAsking = false
      if (signal.aborted) return
      setState((old) => (page.ok ? addNewer(old, page.value) : failed(old, page.error)))
    }
    const timer = setInterval(() => void ask(), FOLLOW_MILLISECONDS)
    return () => clearInterval(timer)
  }, [query, isFollowing, renewals])

  const { next, ...rest } = state
  return {
    ...rest,
    hasOlder: next !== undefined,
    loadOlder: () => void (next !== undefined && add({ limit: PAGE, cursor: next })),
    reload: () => setAttempt((count) => count + 1),
  }
}

function withoutFailure({
  failure: _,
  next: __,
  ...state
}: State): Omit<State, 'failure' | 'next'> {
  return state
}

function addOlder(old: State, page: DecisionPage): State {
  const { decisions } = mergeDecisions(old.decisions ?? [], page.decisions)
  const next = page.next === undefined ? {} : { next: page.next }
  const missing = addMissing(old.missing, page)
  return { ...withoutFailure(old), ...next, decisions, missing, arrived: 0, isLoading: false }
}

function addNewer(old: State, page: DecisionPage): State {
  const { decisions, added, isCut: isCutNow } = addFollowed(old.decisions ?? [], page)
  const isCut = old.isCut || isCutNow
  const next = isCut || old.next === undefined ? {} : { next: old.next }
  const missing = addMissing(old.missing, page)
  return { ...withoutFailure(old), ...next, decisions, missing, arrived: added, isCut }
}

/** What was found before stays. */
function failed(old: State, failure: ApiFailure): State {
  return { ...old, failure, isLoading: false }
}
