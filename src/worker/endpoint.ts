/** The types of a row of the table of endpoints. */
import type * as z from 'zod/mini'
import type { AdminScope } from '../contract/admin.ts'
import type { AdminRoute, Route } from './context.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** The content type of a body, and its schema if it has one. */
export type Body = {
  readonly contentType: string
  /** A content type that `Accept` can choose. */
  readonly alternative?: string
  readonly schema?: z.core.$ZodType
}

type Columns = {
  readonly path: string
  /** `{name}` is one segment. A path may have several rows with different methods. GET includes HEAD. */
  readonly methods: readonly Method[] | 'any'
  /** Whether the row also serves the paths below this one. */
  readonly isTree?: true
  /**
   * The rate limit, applied before the body is read. `address` counts the requests of each address.
   */
  readonly limit: 'address' | 'none'
  /** Whether pages of any origin may read the answer. */
  readonly cors: 'any_origin' | 'none'
  /**
   * Seconds for which any cache may keep the answer. With `by_route`, the route sets
   * `cache-control`.
   */
  readonly cache: number | 'by_route'
  /** Whether the endpoint is served while the settings are invalid. Its route gets no gateway. */
  readonly isAlwaysServed?: true
  readonly request?: Body
  readonly response?: Body
}

/** An endpoint that is public, or whose route verifies the token. */
type OpenEndpoint = Columns & {
  readonly authentication: 'none' | 'subject_token' | 'issued_token' | 'session'
  readonly handler: Route
}

/** An endpoint of the admin API. */
export type AdminEndpoint = Columns & {
  /** Before the route runs, the caller must present a token for the gateway itself with this scope. */
  readonly authentication: AdminScope
  /**
   * The names of its query parameters. Any other parameter, and a repeated one, is refused, because a
   * misspelt filter would change the answer. With `by_route`, the route checks them. In all routes, a
   * parameter that is not percent-encoded UTF-8 is refused.
   */
  readonly parameters: readonly string[] | 'by_route'
  readonly handler: AdminRoute
}

export type Endpoint = OpenEndpoint | AdminEndpoint

export const JSON_BODY: Body = { contentType: 'application/json' }
