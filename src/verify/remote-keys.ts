/**
 * Keeps the gateway's keys between requests. Only settled values are kept: on Workers a promise
 * belongs to the request that made it, and another request that awaits it hangs or fails once the
 * first is gone. So while there are no keys, each request that needs them fetches for itself,
 * bounded in number (load-gate.ts), size and time, and the answer to the latest question stays.
 */
import { discover, type GatewayDescription } from './discovery.ts'
import type { VerificationKey } from './key-set.ts'
import { KEYS_COOLDOWN_SECONDS, KEYS_MAX_STALE_SECONDS, KEYS_REFRESH_SECONDS } from './limits.ts'
import { createLoadGate } from './load-gate.ts'
import type { VerifierSettings } from './options.ts'
import { type GatewayFault, invalidToken, VerificationError } from './verification-error.ts'

export type RemoteKeys = {
  /** Throws `invalid_token` for a key that is not published, `keys_unavailable` when in doubt. */
  readonly findKey: (keyId: string) => Promise<VerificationKey>
  /** Throws `keys_unavailable`. */
  readonly describeGateway: () => Promise<GatewayDescription>
}

type Copy = { readonly gateway: GatewayDescription; readonly loadedAt: number }
type Ports = Pick<VerifierSettings, 'issuer' | 'fetch' | 'now'>

export function createRemoteKeys({ issuer, fetch, now }: Ports): RemoteKeys {
  const gate = createLoadGate(now)
  let copy: Copy | undefined
  /** What the last attempt failed with; undefined after a good one. */
  let fault: GatewayFault | undefined

  /** `skipped` when it is too early or others are at it. */
  async function attempt(cooldownSeconds: number): Promise<'loaded' | 'failed' | 'skipped'> {
    const mark = gate.enter(copy !== undefined)
    if (mark === undefined) return 'skipped'
    const discovered = await discover(issuer, fetch)
    gate.leave(mark, { ok: discovered.ok, cooldownSeconds })
    fault = discovered.ok ? undefined : discovered.fault
    if (!discovered.ok) return 'failed'
    // Two loads may overlap: the one that asked later knows better (NET-13).
    if (copy === undefined || copy.loadedAt <= mark.startedAt) {
      copy = { gateway: discovered.gateway, loadedAt: mark.startedAt }
    }
    return 'loaded'
  }

  /** A copy that may be used, refreshed first if it is due. */
  async function load(): Promise<{
    readonly gateway: GatewayDescription
    readonly isNew: boolean
  }> {
    const at = now()
    const isDue = copy === undefined || at - copy.loadedAt >= KEYS_REFRESH_SECONDS
    const isNew = isDue && (await attempt(0)) === 'loaded'
    // Old keys are safe for a while: they verify only what their owner signed, and a key that a
    // reachable gateway withdrew is gone with the next refresh.
    if (copy === undefined || at - copy.loadedAt >= KEYS_MAX_STALE_SECONDS) throw unavailable()
    return { gateway: copy.gateway, isNew }
  }

  async function findKey(keyId: string): Promise<VerificationKey> {
    const { gateway, isNew } = await load()
    let key = gateway.keys.get(keyId)
    if (key === undefined && !isNew) {
      const outcome = await attempt(KEYS_COOLDOWN_SECONDS)
      key = copy?.gateway.keys.get(keyId)
      const isInDoubt = fault !== undefined || (outcome === 'skipped' && gate.isBusy())
      // Perhaps the key is new and we could not hear of it: no reason to call the token forged.
      if (key === undefined && isInDoubt) throw unavailable()
    }
    if (key === undefined) throw invalidToken('key_unknown')
    if (key === 'ambiguous') throw invalidToken('key_ambiguous')
    return key
  }

  function unavailable(): VerificationError {
    return new VerificationError('keys_unavailable', fault ?? 'refresh_under_way')
  }

  return { findKey, describeGateway: async () => (await load()).gateway }
}
