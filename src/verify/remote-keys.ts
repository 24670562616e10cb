/**
 * Keeps the gateway's keys between requests and decides when to fetch them again. Only settled
 * values are kept. On Workers a promise belongs to the request that made it: another request that
 * awaits it hangs or fails once the first is gone. So while there are no keys, each request that
 * needs them fetches for itself, bounded in number, size and time, and the newest answer stays.
 */
import { type Discovered, discover, type GatewayDescription } from './discovery.ts'
import type { VerificationKey } from './key-set.ts'
import {
  KEYS_COOLDOWN_SECONDS,
  KEYS_MAX_STALE_SECONDS,
  KEYS_REFRESH_SECONDS,
  KEYS_RETRY_SECONDS,
  LOAD_ABANDONED_SECONDS,
  MAX_COLD_LOADS,
} from './limits.ts'
import type { VerifierSettings } from './options.ts'
import { type GatewayFault, invalidToken, VerificationError } from './verification-error.ts'

export type RemoteKeys = {
  /** Throws `invalid_token` for a key that is not published, `keys_unavailable` when in doubt. */
  readonly findKey: (keyId: string) => Promise<VerificationKey>
  /** Throws `keys_unavailable`. */
  readonly describeGateway: () => Promise<GatewayDescription>
}

type Copy = { readonly gateway: GatewayDescription; readonly loadedAt: number }

export function createRemoteKeys(
  settings: Pick<VerifierSettings, 'issuer' | 'fetch' | 'now'>,
): RemoteKeys {
  const { issuer, fetch, now } = settings
  let copy: Copy | undefined
  /** What the last attempt failed with; undefined after a good one. */
  let fault: GatewayFault | undefined
  /** No attempt before this moment. */
  let nextAttemptAt = 0
  const underWay = new Set<{ readonly startedAt: number }>()

  /** One attempt, unless it is too early or others are at it. True when it was made. */
  async function attempt(cooldownSeconds: number): Promise<boolean> {
    const startedAt = now()
    // A request that was cut off never removes its mark.
    for (const mark of underWay) {
      if (startedAt - mark.startedAt >= LOAD_ABANDONED_SECONDS) underWay.delete(mark)
    }
    // With keys at hand one request refreshes and the others go on with what there is.
    const atOnce = copy === undefined ? MAX_COLD_LOADS : 1
    if (startedAt < nextAttemptAt || underWay.size >= atOnce) return false
    const mark = { startedAt }
    underWay.add(mark)
    const discovered = await discover(issuer, fetch)
    underWay.delete(mark)
    settle(discovered, startedAt, cooldownSeconds)
    return true
  }

  function settle(discovered: Discovered, startedAt: number, cooldownSeconds: number): void {
    fault = discovered.ok ? undefined : discovered.fault
    nextAttemptAt = discovered.ok ? startedAt + cooldownSeconds : now() + KEYS_RETRY_SECONDS
    if (!discovered.ok) return
    // Two loads may overlap: the one that asked later knows better (NET-13).
    if (copy !== undefined && copy.loadedAt > startedAt) return
    copy = { gateway: discovered.gateway, loadedAt: startedAt }
  }

  /** A copy that may be used, refreshed if it is due. */
  async function load(): Promise<{ readonly copy: Copy; readonly isNew: boolean }> {
    const at = now()
    const isDue = copy === undefined || at - copy.loadedAt >= KEYS_REFRESH_SECONDS
    const isNew = isDue && (await attempt(0))
    // Old keys are safe for a while: they only ever verify what their owner signed, and a key
    // that a reachable gateway withdrew is gone with the next refresh.
    if (copy === undefined || at - copy.loadedAt >= KEYS_MAX_STALE_SECONDS) throw unavailable()
    return { copy, isNew: isNew && fault === undefined }
  }

  async function findKey(keyId: string): Promise<VerificationKey> {
    const loaded = await load()
    let key = loaded.copy.gateway.keys.get(keyId)
    if (key === undefined && !loaded.isNew) {
      const isRefreshed = await attempt(KEYS_COOLDOWN_SECONDS)
      key = copy?.gateway.keys.get(keyId)
      // Perhaps the key is new and we have not heard of it: that is no reason to call it forged.
      if (key === undefined && (fault !== undefined || (!isRefreshed && underWay.size > 0))) {
        throw unavailable()
      }
    }
    if (key === undefined) throw invalidToken('key_unknown')
    if (key === 'ambiguous') throw invalidToken('key_ambiguous')
    return key
  }

  function unavailable(): VerificationError {
    return new VerificationError('keys_unavailable', fault ?? 'refresh_under_way')
  }

  return { findKey, describeGateway: async () => (await load()).copy.gateway }
}
