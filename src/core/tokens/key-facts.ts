/** What an administrator may know about the signing keys: ids, states and dates. */
import type { KeyReport } from '../../contract/admin.ts'
import { CLOCK_LEEWAY_SECONDS } from '../limits.ts'
import { type KeyRing, type RingKey, selectSigningKey } from './keyring.ts'

/** Returns one report for each key, in the order of the settings. Times are epoch seconds. */
export function describeKeys(
  ring: KeyRing,
  at: number,
  maxTokenLifetimeSeconds: number,
): readonly KeyReport[] {
  const usual = selectSigningKey(ring, undefined, at)
  return ring.keys.map((key) => {
    const { keyId, secret, algorithm, activatesAt, retiresAt } = key
    const publishedUntil = retiresAt + maxTokenLifetimeSeconds + CLOCK_LEEWAY_SECONDS
    return {
      kid: keyId,
      alg: algorithm,
      secret,
      state: stateOf(ring, key, at, publishedUntil),
      default: key === usual,
      activates_at: activatesAt === 0 ? null : activatesAt,
      retires_at: orNull(retiresAt),
      published_until: orNull(publishedUntil),
    }
  })
}

function stateOf(
  ring: KeyRing,
  key: RingKey,
  at: number,
  publishedUntil: number,
): KeyReport['state'] {
  if (at < key.activatesAt && key.activatesAt < key.retiresAt) return 'scheduled'
  if (at >= publishedUntil) return 'withdrawn'
  if (at >= key.retiresAt) return 'retired'
  return selectSigningKey(ring, key.algorithm, at) === key ? 'signing' : 'standby'
}

function orNull(time: number): number | null {
  return Number.isFinite(time) ? time : null
}
