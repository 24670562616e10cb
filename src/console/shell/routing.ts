/** Finds the route of a path. */
import { ROUTES, type Route } from '../routes.ts'
import { matchPattern, type RouteParams } from './route.ts'

export function findRoute(
  path: string,
): { readonly route: Route; readonly params: RouteParams } | undefined {
  for (const route of ROUTES) {
    const params = matchPattern(route.pattern, path)
    if (params !== undefined) return { route, params }
  }
  return undefined
}
