/** The current place in the console by the History API, links, and navigation. */
import type { ComponentChildren } from 'preact'
import { BASE } from './base.ts'
import { stripBase } from './route.ts'
import { createStore, useStore } from './store.ts'

export type Place = {
  /** Below `/console`. */
  readonly path: string
  readonly query: URLSearchParams
}

const readPlace = (): Place => ({
  path: stripBase(location.pathname, BASE),
  query: new URLSearchParams(location.search),
})

const place = createStore<Place>(readPlace())
let hasArrived = false

addEventListener('popstate', () => {
  const before = place.get()
  const now = readPlace()
  // A link within the page changes only the fragment, and the browser moves the focus itself.
  if (now.path === before.path && String(now.query) === String(before.query)) return
  hasArrived = true
  place.set(now)
})

export const usePlace = (): Place => useStore(place)

/** Goes to a path below `/console`. `replace` changes the current entry of the history. */
export function navigate(to: string, { replace = false } = {}): void {
  const url = `${BASE}${to}`
  if (replace) history.replaceState(null, '', url)
  else {
    hasArrived = true
    history.pushState(null, '', url)
    scrollTo(0, 0)
  }
  place.set(readPlace())
}

/** Whether the user went to another page since the last call. The first page does not count. */
export function takeArrival(): boolean {
  const arrived = hasArrived
  hasArrived = false
  return arrived
}

type LinkProps = {
  /** Below `/console`. */
  readonly to: string
  readonly class?: string
  readonly 'aria-current'?: 'page'
  readonly 'aria-label'?: string
  readonly children: ComponentChildren
}

/** A link inside the console. With a modifier key, the browser opens it as it does any other. */
export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    if (event.defaultPrevented || event.button !== 0 || !isPlain) return
    event.preventDefault()
    navigate(to)
  }
  return (
    <a {...rest} href={`${BASE}${to}`} onClick={follow}>
      {children}
    </a>
  )
}
