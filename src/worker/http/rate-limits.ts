/**
 * Rate limits with the platform's binding: by address before the body is read, by subject after its
 * token is verified. Each location counts on its own, and counts are approximate. The limits stop a
 * flood, not a careful caller. A limit without a binding is off, and `/health` reports that.
 */

import { renderDenial } from '../../core/endpoint/render.ts'
import { STORE_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import { type AdmitSubject, Unavailable } from '../../core/ports.ts'
import { withDeadline } from '../../web/deadline.ts'
import type { AppContext, Route } from '../context.ts'
import { type Env, isLocalGateway } from '../env.ts'
import { readAddress } from './connection/connection.ts'
import { tellRatePolicy } from './rate-policy.ts'
import { respond } from './respond.ts'

export type RateLimits = { readonly address: boolean; readonly subject: boolean }

/** Returns which limits this deployment has. */
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

/** The key that counts all callers of a local gateway. */
const LOCAL = 'local'

/**
 * Applies the limit before the body is read. A request without a trusted address is not counted. A
 * local gateway without a front counts all its callers as one. Otherwise nothing would be limited.
 */
export function limitByAddress(route: Route): Route {
  return function routeWithinLimit(c) {
    const { RATE_LIMIT_ADDRESS: limiter } = c.env
    // Without a limiter, the route runs at once.
    return limiter === undefined ? route(c) : enter(c, limiter, route)
  }
}

async function enter(c: AppContext, limiter: RateLimit, route: Route): Promise<Response> {
  const address = readAddress(c.req.raw, c.env) ?? (isLocalGateway(c.env) ? LOCAL : null)
  if (address === null) return route(c)
  if (await count(limiter, networkOf(address))) return route(c)
  return respond(tellRatePolicy(renderDenial({ reason: 'rate_limited', at: 'address' }), c.env))
}

/**
 * Throws `Unavailable` if the limiter fails or does not answer in time. No request passes
 * uncounted.
 */
async function count(limiter: RateLimit, key: string): Promise<boolean> {
  try {
    return (await withDeadline(STORE_TIMEOUT_MILLISECONDS, limiter.limit({ key }))).success
  } catch (cause) {
    throw new Unavailable('rate_limits', { cause })
  }
}

/**
 * Returns the address, or the /64 network of an IPv6 address. A customer has at least a /64 and
 * could use another address for each request.
 */
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
