/**
 * Adds the headers that the table of endpoints defines: who may cache an answer, and which pages
 * may read it.
 */
import type { Route } from '../context.ts'

type Publication = { readonly cors: 'any_origin' | 'none'; readonly cache: number | 'by_route' }

/**
 * Adds them only to answers of the route. An answer that a wrapper made, such as a 503, is not
 * cached.
 */
export function publish(route: Route, { cors, cache }: Publication): Route {
  if (cors === 'none' && cache === 'by_route') return route
  return async function publishedRoute(c) {
    const response = await route(c)
    if (cors === 'any_origin') response.headers.set('access-control-allow-origin', '*')
    // What is missing now may be published at any time.
    if (cache !== 'by_route' && response.status < 400) {
      response.headers.set('cache-control', `public, max-age=${cache}`)
    }
    return response
  }
}
