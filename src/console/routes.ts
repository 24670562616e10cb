/** The pages of the console: their paths, their code, and the navigation. */
import type { ComponentType } from 'preact'
import type { Session } from './session/session.ts'
import type { RouteParams } from './shell/route.ts'
import { NAVIGATION } from './texts.ts'

export type PageProps = {
  readonly params: RouteParams
  readonly query: URLSearchParams
  readonly session: Session
}

export type Route = {
  /** Below `/console`. `:name` is one segment. */
  readonly pattern: string
  /** The code of a page is a file of its own, which the browser loads with the first visit. */
  readonly load: () => Promise<{ readonly Page: ComponentType<PageProps> }>
}

export const ROUTES: readonly Route[] = [
  { pattern: '/', load: () => import('./pages/overview/overview.tsx') },
  { pattern: '/signed-in', load: () => import('./pages/signed-in/signed-in.tsx') },
]

export type NavigationEntry = {
  readonly path: string
  readonly label: string
}

export const NAVIGATION_ENTRIES: readonly NavigationEntry[] = [
  { path: '/', label: NAVIGATION.overview },
]
