/**
 * Reads what the front of a self-hosted gateway says about a connection. Other programs of the
 * machine can connect to workerd too, so only a header with the key of the front is trusted
 * (RULE-24).
 */
import { FRONT_HEADER, type FrontConnection } from '../../../protocol/self-hosted/front.ts'
import type { Env } from '../../env.ts'

const encoder = new TextEncoder()

/** Undefined without a front, and for a request that did not come through it. */
export function readFront(request: Request, env: Env): FrontConnection | undefined {
  const header = request.headers.get(FRONT_HEADER)
  const { FRONT_KEY } = env
  if (FRONT_KEY === undefined || header === null) return undefined
  const key = encoder.encode(FRONT_KEY)
  const given = encoder.encode(header.slice(0, FRONT_KEY.length))
  if (given.byteLength !== key.byteLength || !crypto.subtle.timingSafeEqual(given, key)) {
    return undefined
  }
  // The front wrote the rest.
  return JSON.parse(header.slice(FRONT_KEY.length)) as FrontConnection
}
