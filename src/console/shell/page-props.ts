/** What every page gets. */
import type { Session } from '../session/session.ts'
import type { RouteParams } from './route.ts'

export type PageProps = {
  readonly params: RouteParams
  readonly query: URLSearchParams
  readonly session: Session
}
