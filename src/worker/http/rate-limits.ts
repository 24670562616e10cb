/**
 * Rate limits through the platform's binding: by address before anything is read, by subject once
 * its token is verified. Cheap, counted at each location by itself, and approximate; what they stop
 * is a flood, not a careful caller. A limit without a binding is off, and `/health` says so.
 */

import { renderDenial } from '../../core/endpoint/render.ts'
import { STORE_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import { type AdmitSubject, Unavailable } from '../../core/ports.ts'
import { withDeadline } from '../../web/deadline.ts'
import type { AppContext, Route } from '../context.ts'
import { type Env, isLocalGateway } from '../env.ts'
import { readAddress } from './connection.ts'
import { tellRatePolicy } from './rate-policy.ts'
import { respond } from './respond.ts'

export type RateLimits = { readonly address: boolean; readonly subject: boolean }

/** Which limits this deployment has. */
export function describeRateLimits(env: Env): RateLimits {
  return {
    address: env.RATE_LIMIT_ADDRESS !== undefined,
    subject: env.RATE_LIMIT_SUBJECT !== undefined,
  }
}

export function createAdmitSubject(env: Env): AdmitSubject | undefined {
  const { RATE_LIMIT_SUBJECT: limiter } = env
  return limiter === undefined ? undefined : (key) => count(limiter, key)
}

/** What is counted in place of an address, and is none. */
const LOCAL = 'local'

/**
 * Asked before the body is read. Where nobody vouches for an address, there is none to count; a
 * gateway that says it is local counts all callers as one, so that saying so frees nobody.
 */
export function limitByAddress(route: Route): Route {
  return function routeWithinLimit(c) {
    const { RATE_LIMIT_ADDRESS: limiter } = c.env
    // Without a limiter nothing is read and nothing waits.
    return limiter === undefined ? route(c) : enter(c, limiter, route)
  }
}

async function enter(c: AppContext, limiter: RateLimit, route: Route): Promise<Response> {
  const address = isLocalGateway(c.env) ? LOCAL : readAddress(c.req.raw, c.env)
  if (address === null) return route(c)
  if (await count(limiter, networkOf(address))) return route(c)
  return respond(tellRatePolicy(renderDenial({ reason: 'rate_limited', at: 'address' }), c.env))
}

/** A limiter that is down, or slower than we wait, lets nobody in: when in doubt, nothing is issued. */
async function count(limiter: RateLimit, key: string): Promise<boolean> {
  try {
    return (await withDeadline(STORE_TIMEOUT_MILLISECONDS, limiter.limit({ key }))).success
  } catch (cause) {
    throw new Unavailable('rate_limits', { cause })
  }
}

/** One IPv6 customer has a /64 at least, and could come from another address each time. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('::', 2)
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length)
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...after]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
