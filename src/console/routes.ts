/** The pages of the console: their paths, their code, and the navigation. */
import type { ComponentType } from 'preact'
import type { PageProps } from './shell/page-props.ts'
import { NAVIGATION } from './texts/shell.ts'

export type Route = {
  /** Below `/console`. `:name` is one segment. */
  readonly pattern: string
  /** The code of a page is a file of its own, which the browser loads with the first visit. */
  readonly load: () => Promise<{ readonly Page: ComponentType<PageProps> }>
}

export const ROUTES: readonly Route[] = [
  { pattern: '/', load: () => import('./pages/overview/overview.tsx') },
  { pattern: '/rules', load: () => import('./pages/rules/rules.tsx') },
  { pattern: '/rules/:name', load: () => import('./pages/rule/rule.tsx') },
  { pattern: '/decisions', load: () => import('./pages/decisions/decisions.tsx') },
  { pattern: '/decisions/:id', load: () => import('./pages/decision/decision.tsx') },
  { pattern: '/issuers', load: () => import('./pages/issuers/issuers.tsx') },
  { pattern: '/keys', load: () => import('./pages/keys/keys.tsx') },
  { pattern: '/trust', load: () => import('./pages/editor/editor.tsx') },
  { pattern: '/playground', load: () => import('./pages/playground/playground.tsx') },
  { pattern: '/revocations', load: () => import('./pages/revocations/revocations.tsx') },
  { pattern: '/posture', load: () => import('./pages/posture/posture.tsx') },
  { pattern: '/signed-in', load: () => import('./pages/signed-in/signed-in.tsx') },
]

export type NavigationEntry = {
  readonly path: string
  readonly label: string
}

export const NAVIGATION_ENTRIES: readonly NavigationEntry[] = [
  { path: '/', label: NAVIGATION.overview },
  { path: '/rules', label: NAVIGATION.rules },
  { path: '/trust', label: NAVIGATION.trust },
  { path: '/playground', label: NAVIGATION.playground },
  { path: '/decisions', label: NAVIGATION.decisions },
  { path: '/revocations', label: NAVIGATION.revocations },
  { path: '/posture', label: NAVIGATION.posture },
  { path: '/issuers', label: NAVIGATION.issuers },
  { path: '/keys', label: NAVIGATION.keys },
]
