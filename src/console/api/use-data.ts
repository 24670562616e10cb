/** Loads what a page shows, and loads it again on demand and when the session was renewed. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Result } from '../../web/result.ts'
import { sessionRenewals } from '../session/session.ts'
import { useStore } from '../shell/store.ts'
import { findAnswer, hasAnswer, keepAnswer } from './answers.ts'
import type { ApiFailure } from './failure.ts'

export type Loaded<T> = {
  /** The last value that arrived. It stays while it is loaded again. */
  readonly value?: T
  /** Why the last attempt failed. */
  readonly failure?: ApiFailure
  readonly isLoading: boolean
  readonly reload: () => void
}

type State<T> = Pick<Loaded<T>, 'value' | 'failure' | 'isLoading'> & { readonly key: string }

type Options = {
  /** False: the value depends on more than the gateway, so a page that opens again waits for a new one. */
  readonly isKept?: boolean
}

function startWith<T>(key: string, isKept: boolean): State<T> {
  const kept = isKept && hasAnswer(key) ? { value: findAnswer(key) as T } : {}
  return { key, ...kept, isLoading: true }
}

/** `key` names what is loaded: with another key, the value of the old one is not shown. */
export function useData<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<Result<T, ApiFailure>>,
  { isKept = true }: Options = {},
): Loaded<T> {
  const [state, setState] = useState<State<T>>(() => startWith(key, isKept))
  const [attempt, setAttempt] = useState(0)
  const renewals = useStore(sessionRenewals)
  const newest = useRef(load)
  newest.current = load
  useEffect(() => {
    const controller = new AbortController()
    setState((old) => (old.key === key ? { ...old, isLoading: true } : startWith(key, isKept)))
    void newest.current(controller.signal).then((result) => {
      if (controller.signal.aborted) return
      setState((old) => {
        if (result.ok) {
          if (isKept) keepAnswer(key, result.value)
          return { key, value: result.value, isLoading: false }
        }
        const kept = old.key === key && old.value !== undefined ? { value: old.value } : {}
        return { key, ...kept, failure: result.error, isLoading: false }
      })
    })
    return () => controller.abort()
  }, [key, isKept, attempt, renewals])
  const reload = useCallback(() => setAttempt((count) => count + 1), [])
  return { ...(state.key === key ? state : startWith<T>(key, isKept)), reload }
}
