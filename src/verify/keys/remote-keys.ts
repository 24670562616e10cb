/**
 * Caches the gateway's keys between requests. It caches only results, never promises. On Workers a
 * promise belongs to the request that made it. When that request ends, another request that awaits
 * the promise hangs or fails. A request therefore polls for the result of another request's load. The
 * number (load-gate.ts), the size and the time of loads are limited.
 */

import { wait } from '../../web/deadline.ts'
import {
  KEYS_ASK_FIRST_SECONDS,
  KEYS_COOLDOWN_SECONDS,
  KEYS_MAX_STALE_SECONDS,
  KEYS_REFRESH_SECONDS,
  LOAD_POLL_MILLISECONDS,
  MAX_LOAD_POLLS,
} from '../limits.ts'
import type { VerifierSettings } from '../options.ts'
import type { TokenHeader } from '../token.ts'
import { type GatewayFault, invalidToken, VerificationError } from '../verification-error.ts'
import { discover, type GatewayDescription } from './discovery.ts'
import type { VerificationKey } from './key-set.ts'
import { createLoadGate, type LoadMark } from './load-gate.ts'

/**
 * The platform's way to continue work after the response. On Workers this is the execution context,
 * which lets a refresh of the gateway's keys finish after its request.
 */
export type RequestContext = {
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

export type RemoteKeys = {
  /** Throws `invalid_token` if the key is not published, `keys_unavailable` if this is uncertain. */
  readonly findKey: (header: TokenHeader, context: RequestContext) => Promise<VerificationKey>
  /** Throws `keys_unavailable`. */
  readonly describeGateway: (context: RequestContext) => Promise<GatewayDescription>
  /** Loads the keys if a load is due, and waits for it. Throws `keys_unavailable`. */
  readonly prefetch: () => Promise<void>
}

type Copy = {
  readonly gateway: GatewayDescription
  readonly loadedAt: number
  /** The number of the load. Later loads have higher numbers. */
  readonly load: number
}
/** The result of an attempt to load. `skipped`: `LoadGate` allowed no load. */
type Outcome = 'loaded' | 'failed' | 'skipped'
type Ports = Pick<VerifierSettings, 'issuer' | 'fetch' | 'now'>

export function createRemoteKeys({ issuer, fetch, now }: Ports): RemoteKeys {
  const gate = createLoadGate(now)
  let copy: Copy | undefined
  /** The fault of the last load. Undefined after a successful one. */
  let fault: GatewayFault | undefined

  let loads = 0

  /** The absolute difference, so that a clock that was set back does not make a copy younger. */
  const ageAt = (at: number) =>
    copy === undefined ? Number.POSITIVE_INFINITY : Math.abs(at - copy.loadedAt)

  /** Never throws. */
  async function run(mark: LoadMark, cooldownSeconds: number): Promise<Outcome> {
    loads += 1
    const load = loads
    const discovered = await discover(issuer, fetch)
    // Two loads may overlap. The answer to the older request must not replace newer keys (NET-13).
    // If it fails, the gateway is not down, and a withdrawn key must not be accepted for longer.
    if (copy !== undefined && copy.load > load) {
      gate.leave(mark)
      return 'loaded'
    }
    gate.leave(mark, { ok: discovered.ok, cooldownSeconds })
    fault = discovered.ok ? undefined : discovered.fault
    if (!discovered.ok) return 'failed'
    copy = { gateway: discovered.gateway, loadedAt: mark.startedAt, load }
    return 'loaded'
  }

  async function attempt(cooldownSeconds: number): Promise<Outcome> {
    const mark = gate.enter()
    return mark === undefined ? 'skipped' : run(mark, cooldownSeconds)
  }

  function refreshBehind(context: RequestContext): void {
    const mark = gate.enter()
    if (mark === undefined) return
    const work = run(mark, 0)
    context.waitUntil?.(work)
  }

  /** Waits for the loads of other requests. Returns whether they ended in time. */
  async function waitForOthers(): Promise<boolean> {
    for (let poll = 0; gate.isBusy() && poll < MAX_LOAD_POLLS; poll += 1) {
      await wait(LOAD_POLL_MILLISECONDS)
    }
    return !gate.isBusy()
  }

  /**
   * Returns a copy that may be used. A recent copy needs no refresh. An older one is refreshed in the
   * background. A copy that is too old is refreshed before the request continues.
   */
  async function load(
    context: RequestContext,
  ): Promise<{ readonly gateway: GatewayDescription; readonly isNew: boolean }> {
    const at = now()
    const age = ageAt(at)
    let outcome: Outcome | undefined
    // After a failed load, requests use the old keys for longer instead of loading again. This is
    // safe for a limited time, because old keys verify only tokens that their owner signed.
    const isTooOld = age >= (fault === undefined ? KEYS_ASK_FIRST_SECONDS : KEYS_MAX_STALE_SECONDS)
    if (isTooOld) outcome = await attempt(0)
    else if (age >= KEYS_REFRESH_SECONDS) refreshBehind(context)
    if (outcome === 'skipped' && ageAt(at) >= KEYS_MAX_STALE_SECONDS) {
      const mark = await gate.overtake(() => ageAt(now()) < KEYS_MAX_STALE_SECONDS)
      if (mark !== undefined) outcome = await run(mark, 0)
    }
    if (copy === undefined || ageAt(at) >= KEYS_MAX_STALE_SECONDS) throw unavailable()
    return { gateway: copy.gateway, isNew: outcome === 'loaded' }
  }

  /**
   * Loads the keys again, because an unknown `kid` may be a new key. A load of another request may
   * have begun before that key was published, so a second load follows it. Returns whether the
   * result is certain.
   */
  async function askAgain(keyId: string): Promise<boolean> {
    for (let round = 0; round < 2; round += 1) {
      const outcome = await attempt(KEYS_COOLDOWN_SECONDS)
      if (outcome === 'loaded') return true
      if (outcome === 'failed' || !(await waitForOthers())) return false
      if (copy?.gateway.keys.has(keyId)) return true
    }
    return fault === undefined
  }

  async function findKey(
    { keyId, algorithm }: TokenHeader,
    context: RequestContext,
  ): Promise<VerificationKey> {
    const { gateway, isNew } = await load(context)
    let named = gateway.keys.get(keyId)
    if (named === undefined && !isNew) {
      const isBeyondDoubt = await askAgain(keyId)
      named = copy?.gateway.keys.get(keyId)
      // The load failed and the key may be new, so the token may be valid.
      if (named === undefined && !isBeyondDoubt) throw unavailable()
    }
    if (named === undefined) throw invalidToken('key_unknown')
    const [key, ...others] = named.filter((one) => one.algorithm === algorithm)
    if (key === undefined) throw invalidToken('algorithm_not_allowed')
    if (others.length > 0) throw invalidToken('key_ambiguous')
    return key
  }

  async function prefetch(): Promise<void> {
    if (ageAt(now()) >= KEYS_REFRESH_SECONDS) await attempt(0)
    await load({})
  }

  function unavailable(): VerificationError {
    return new VerificationError('keys_unavailable', fault ?? 'refresh_under_way')
  }

  return {
    findKey,
    describeGateway: async (context) => (await load(context)).gateway,
    prefetch,
  }
}
