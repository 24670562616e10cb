/**
 * Gives routes the isolate's gateway. Without settings that are in order there is none, and nothing
 * is served but `/health`.
 */
import type { MiddlewareHandler } from 'hono'
import { renderUnavailable } from '../../core/endpoint/render.ts'
import { type Composition, getComposition } from '../compose.ts'
import type { AppContext, AppEnv } from '../context.ts'
import { respond } from './respond.ts'

type Route = (c: AppContext) => Promise<Response>

/** For a route that stands alone: Hono calls a single handler without composing a chain. */
export function withGateway(route: Route): (c: AppContext) => Promise<Response> {
  return function routeWithGateway(c) {
    const found = getComposition(c.env)
    if (found instanceof Promise) return found.then((composition) => enter(c, composition, route))
    return enter(c, found, route)
  }
}

/** For routes with further middleware. */
export const composeGateway: MiddlewareHandler<AppEnv> = async (c, next) => {
  const composition = await getComposition(c.env)
  if (!composition.ok) return respond(renderUnavailable())
  c.set('gateway', composition.value)
  return next()
}

async function enter(c: AppContext, composition: Composition, route: Route): Promise<Response> {
  if (!composition.ok) return respond(renderUnavailable())
  c.set('gateway', composition.value)
  return route(c)
}
