/**
 * Keeps the gateway's keys between requests. Only settled values are kept: on Workers a promise
 * belongs to the request that made it, and another request that awaits it hangs or fails once the
 * first is gone. So a request that needs another one's load looks again and again, on a timer of
 * its own, whether it has settled; loads are bounded in number (load-gate.ts), size and time.
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
 * What a platform offers to work that outlives the answer. On Workers: the execution context,
 * which keeps a refresh of the gateway's keys alive after the request that caused it.
 */
export type RequestContext = {
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

export type RemoteKeys = {
  /** Throws `invalid_token` for a key that is not published, `keys_unavailable` when in doubt. */
  readonly findKey: (header: TokenHeader, context: RequestContext) => Promise<VerificationKey>
  /** Throws `keys_unavailable`. */
  readonly describeGateway: (context: RequestContext) => Promise<GatewayDescription>
  /** Loads what is due, and waits for it. Throws `keys_unavailable`. */
  readonly prefetch: () => Promise<void>
}

type Copy = {
  readonly gateway: GatewayDescription
  readonly loadedAt: number
  /** Which load it was: later ones have higher numbers. */
  readonly load: number
}
/** Of an attempt to load. `skipped` when it is too early or others are at it. */
type Outcome = 'loaded' | 'failed' | 'skipped'
type Ports = Pick<VerifierSettings, 'issuer' | 'fetch' | 'now'>

export function createRemoteKeys({ issuer, fetch, now }: Ports): RemoteKeys {
  const gate = createLoadGate(now)
  let copy: Copy | undefined
  /** What the last attempt failed with; undefined after a good one. */
  let fault: GatewayFault | undefined

  let loads = 0

  /** Without regard to the direction: a clock that was set back makes no copy younger. */
  const ageAt = (at: number) =>
    copy === undefined ? Number.POSITIVE_INFINITY : Math.abs(at - copy.loadedAt)
  const enter = () => gate.enter(ageAt(now()) < KEYS_MAX_STALE_SECONDS)

  /** Never throws. */
  async function run(mark: LoadMark, cooldownSeconds: number): Promise<Outcome> {
    loads += 1
    const load = loads
    const discovered = await discover(issuer, fetch)
    gate.leave(mark, { ok: discovered.ok, cooldownSeconds })
    fault = discovered.ok ? undefined : discovered.fault
    if (!discovered.ok) return 'failed'
    // Two loads may overlap. The answer to the older question must not replace newer keys (NET-13).
    if (copy === undefined || copy.load < load) {
      copy = { gateway: discovered.gateway, loadedAt: mark.startedAt, load }
    }
    return 'loaded'
  }

  async function attempt(cooldownSeconds: number): Promise<Outcome> {
    const mark = enter()
    return mark === undefined ? 'skipped' : run(mark, cooldownSeconds)
  }

  function refreshBehind(context: RequestContext): void {
    const mark = enter()
    if (mark === undefined) return
    const work = run(mark, 0)
    context.waitUntil?.(work)
  }

  /** Whether others' loads have settled in time. */
  async function waitForOthers(): Promise<boolean> {
    for (let poll = 0; gate.isBusy() && poll < MAX_LOAD_POLLS; poll += 1) {
      await wait(LOAD_POLL_MILLISECONDS)
    }
    return !gate.isBusy()
  }

  /**
   * A copy that may be used. Its age decides who pays for the refresh: nobody, somebody behind
   * their answer, or the request that found it too old.
   */
  async function load(
    context: RequestContext,
  ): Promise<{ readonly gateway: GatewayDescription; readonly isNew: boolean }> {
    const at = now()
    const age = ageAt(at)
    let outcome: Outcome | undefined
    // Who has just failed to ask need not be asked by everybody else: old keys are safe for a
    // while, because they verify only what their owner signed.
    const isTooOld = age >= (fault === undefined ? KEYS_ASK_FIRST_SECONDS : KEYS_MAX_STALE_SECONDS)
    if (isTooOld) outcome = await attempt(0)
    else if (age >= KEYS_REFRESH_SECONDS) refreshBehind(context)
    if (outcome === 'skipped' && ageAt(at) >= KEYS_MAX_STALE_SECONDS) await waitForOthers()
    if (copy === undefined || ageAt(at) >= KEYS_MAX_STALE_SECONDS) throw unavailable()
    return { gateway: copy.gateway, isNew: outcome === 'loaded' }
  }

  /**
   * An unknown `kid` may be a new key. A load that others began may be older than that key, so
   * there is a second question after theirs. True when the answer is beyond doubt.
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
      // Perhaps the key is new and we could not hear of it: no reason to call the token forged.
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
