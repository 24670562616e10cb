/** A value that components read and that any module may change. */
import { useEffect, useState } from 'preact/hooks'

export type Store<T> = {
  readonly get: () => T
  readonly set: (value: T) => void
  /** Returns a function that ends the subscription. */
  readonly subscribe: (listener: (value: T) => void) => () => void
}

export function createStore<T>(initial: T): Store<T> {
  let current = initial
  const listeners = new Set<(value: T) => void>()
  return {
    get: () => current,
    set: (value) => {
      current = value
      for (const listener of [...listeners]) listener(value)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Renders the component again when the value changes. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState<{ readonly value: T }>({ value: store.get() })
  useEffect(() => {
    // The value may have changed between the render and this effect.
    setValue({ value: store.get() })
    return store.subscribe((next) => setValue({ value: next }))
  }, [store])
  return value.value
}
