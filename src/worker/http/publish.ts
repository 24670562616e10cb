/**
 * Adds the headers that the table of endpoints defines: who may cache an answer, and which pages
 * may read it.
 */
import type { Route } from '../context.ts'
import { answerFailure } from './failures.ts'

type Publication = { readonly cors: 'any_origin' | 'none'; readonly cache: number | 'by_route' }

/**
 * Only answers of the route are cached. An answer that a wrapper made, such as a 503, is not. What is
 * missing now may be published at any time.
 */
export function publish(route: Route, { cache }: Publication): Route {
  if (cache === 'by_route') return route
  return async function publishedRoute(c) {
    const response = await route(c)
    if (response.status < 400) response.headers.set('cache-control', `public, max-age=${cache}`)
    return response
  }
}

/**
 * Pages may read every answer. Otherwise a page could not tell that it must wait (429, 503), and how
 * long, from an unreachable gateway.
 */
export function openToPages(route: Route, { cors }: Publication): Route {
  if (cors === 'none') return route
  return async function openRoute(c) {
    let response: Response
    try {
      response = await route(c)
    } catch (error) {
      response = answerFailure(error, c)
    }
    response.headers.set('access-control-allow-origin', '*')
    if (response.status >= 400) response.headers.set('access-control-expose-headers', 'Retry-After')
    return response
  }
}
