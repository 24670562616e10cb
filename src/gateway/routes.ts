/**
 * The route table: which requests may reach the origin, and which scopes they need. The first
 * matching route decides. A request without a matching route is refused.
 */
import type { RequiredClaims, Verifier } from '../verify/index.ts'
import { type CanonicalPath, foldSegments } from './canonical-path.ts'
import { demand, demandNames } from './demand.ts'
import { MAX_ROUTES } from './limits.ts'
import {
  compilePattern,
  coversPattern,
  foldPattern,
  matchesPattern,
  type RoutePattern,
} from './route-pattern.ts'

type RouteBase = {
  /** Literal segments, `*` for one segment, `**` at the end for the rest: `/deployments/**`. */
  readonly path: string
  /** In capitals. `GET` includes `HEAD`. Default: every method but TRACE and CONNECT. */
  readonly methods?: readonly string[] | undefined
  /**
   * How a CORS preflight for this route is answered. `'pass'` sends it to the origin without a
   * token, so the origin must answer OPTIONS harmlessly. Default: `'refuse'`.
   */
  readonly preflight?: 'pass' | 'refuse' | undefined
}

/** A route that needs a token. */
export type ProtectedRoute = RouteBase & {
  readonly public?: undefined
  /** The scopes that a token must have, all of them. An empty list accepts any valid token. */
  readonly scopes: readonly string[]
  /** The claims that a token must have. */
  readonly claims?: RequiredClaims | undefined
  /** The resource that a token must be for. Default: `audience` of the edge gateway. */
  readonly audience?: string | undefined
}

/** A route without authentication. Its tokens are ignored, and no identity is forwarded. */
export type PublicRoute = RouteBase & { readonly public: true }

/** One route of an edge gateway. */
export type EdgeRoute = ProtectedRoute | PublicRoute

export type CompiledRoute = {
  readonly pattern: RoutePattern
  readonly folded: RoutePattern
  /** Undefined for every method. */
  readonly methods: ReadonlySet<string> | undefined
  readonly passesPreflight: boolean
  /** Undefined for a public route. */
  readonly guard: Guard | undefined
}

export type Guard = { readonly verifier: Verifier; readonly audience: string }

const PUBLIC_NAMES = { path: true, methods: true, preflight: true, public: true } as const
const PROTECTED_NAMES = {
  path: true,
  methods: true,
  preflight: true,
  public: true,
  scopes: true,
  claims: true,
  audience: true,
} as const satisfies Record<keyof ProtectedRoute, true>

/** TRACE would show a caller the headers that the gateway adds. CONNECT is for proxies. */
const NEVER_METHODS = ['TRACE', 'TRACK', 'CONNECT']

/** Throws `TypeError`. The message names the route, counted from 1. */
export function compileRoutes(
  routes: readonly EdgeRoute[],
  createGuard: (route: ProtectedRoute) => Guard,
): readonly CompiledRoute[] {
  demand(
    Array.isArray(routes) && routes.length > 0 && routes.length <= MAX_ROUTES,
    `routes must be a list of 1 to ${MAX_ROUTES} routes`,
  )
  const names = routes.map((_, index) => `route ${index + 1}`)
  // Check all routes first, because a guard depends on the other routes too.
  routes.forEach((route, index) => {
    checkShape(route, names[index] ?? '')
  })
  const compiled = routes.map((route, index) =>
    compileRoute(route, names[index] ?? '', createGuard),
  )
  compiled.forEach((route, index) => {
    const before = compiled.slice(0, index).findIndex((earlier) => coversRoute(earlier, route))
    // The likely mistake is a public "/**" on top, which opens everything below it.
    demand(before === -1, `route ${index + 1} is never reached: route ${before + 1} comes first`)
  })
  return Object.freeze(compiled)
}

/**
 * Returns the route of a request. `disputed` if an origin that ignores case or trailing slashes
 * would match the path with another route.
 */
export function findRoute(
  routes: readonly CompiledRoute[],
  method: string,
  { segments }: CanonicalPath,
): CompiledRoute | 'disputed' | undefined {
  if (NEVER_METHODS.includes(method.toUpperCase())) return undefined
  const takes = ({ methods }: CompiledRoute) => methods === undefined || methods.has(method)
  const found = routes.find((route) => takes(route) && matchesPattern(route.pattern, segments))
  if (found === undefined) return undefined
  const folded = foldSegments(segments)
  const lax = routes.find((route) => takes(route) && matchesPattern(route.folded, folded))
  return lax === found ? found : 'disputed'
}

function checkShape(route: EdgeRoute, name: string): void {
  demandNames(name, route, route?.public === true ? PUBLIC_NAMES : PROTECTED_NAMES)
  demand(
    route.public === true || (route.public === undefined && Array.isArray(route.scopes)),
    `${name} needs scopes, which may be an empty list, or public: true`,
  )
}

function compileRoute(
  route: EdgeRoute,
  name: string,
  createGuard: (route: ProtectedRoute) => Guard,
): CompiledRoute {
  const { path, methods, preflight = 'refuse' } = route
  demand(
    preflight === 'pass' || preflight === 'refuse',
    `${name}: preflight must be "pass" or "refuse"`,
  )
  const pattern = compilePattern(path, name)
  return Object.freeze({
    pattern,
    folded: foldPattern(pattern),
    methods: compileMethods(methods, name),
    passesPreflight: preflight === 'pass',
    guard: route.public === true ? undefined : createGuard(route),
  })
}

function compileMethods(methods: unknown, name: string): ReadonlySet<string> | undefined {
  if (methods === undefined) return undefined
  const isMethod = (method: unknown) =>
    typeof method === 'string' && /^[A-Z]+$/.test(method) && !NEVER_METHODS.includes(method)
  demand(
    Array.isArray(methods) && methods.length > 0 && methods.every(isMethod),
    `${name}: methods must be a list such as ["GET", "POST"]`,
  )
  return new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)
}

function coversRoute(wide: CompiledRoute, narrow: CompiledRoute): boolean {
  if (!coversPattern(wide.pattern, narrow.pattern)) return false
  if (wide.methods === undefined) return true
  return narrow.methods !== undefined && [...narrow.methods].every((one) => wide.methods?.has(one))
}
