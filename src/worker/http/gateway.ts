/**
 * Gives routes the isolate's gateway. If the settings are invalid there is no gateway, and the
 * answer is 503.
 */
import { type Composition, getComposition } from '../compose.ts'
import type { AppContext, Route } from '../context.ts'
import { answerUnready } from './failures.ts'

/**
 * Wraps a route. This is not a middleware, because Hono calls a single handler without building a
 * chain.
 */
export function withGateway(route: Route): Route {
  return function routeWithGateway(c) {
    const found = getComposition(c.env, c.req.raw)
    if (found instanceof Promise) return found.then((composition) => enter(c, composition, route))
    return enter(c, found, route)
  }
}

function enter(c: AppContext, composition: Composition, route: Route): ReturnType<Route> {
  if (!composition.ok) return answerUnready(c)
  c.set('gateway', composition.value)
  return route(c)
}
