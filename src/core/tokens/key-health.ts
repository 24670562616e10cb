/** Warns an operator about upcoming problems of the key ring, such as a key without a successor. */
import { KEY_AGE_WARNING_SECONDS } from '../../contract/limits.ts'
import type { KeyRing, RingKey } from './keyring.ts'

/** Returns warnings without any key material. Empty if there is no problem. */
export function findKeyWarnings(ring: KeyRing, at: number): readonly string[] {
  if (ring.keys.length === 0) return []
  const active = ring.keys.filter((key) => key.activatesAt <= at && at < key.retiresAt)
  const warnings = active.length === 0 ? ['no signing key is active now'] : []
  for (const key of active) {
    const { keyId, activatesAt, retiresAt } = key
    const followers = ring.keys.filter((other) => follows(other, key))
    if (retiresAt !== Number.POSITIVE_INFINITY) {
      const isCovered = followers.some((other) => other.activatesAt <= retiresAt)
      if (!isCovered) warnings.push(`no successor is scheduled for key ${keyId}`)
      continue
    }
    const age = activatesAt === 0 ? 0 : at - activatesAt
    const isSucceeded = followers.some((other) => other.activatesAt > activatesAt)
    if (age > KEY_AGE_WARNING_SECONDS && !isSucceeded) {
      const days = Math.floor(age / 86_400)
      warnings.push(`key ${keyId} has signed for ${days} days, and no successor is scheduled`)
    }
  }
  return warnings
}

/** Whether the key has the same algorithm and signs after the end of the other. */
function follows(other: RingKey, key: RingKey): boolean {
  if (other === key) return false
  const isSame = nameOf(other) === nameOf(key)
  return isSame && (other.retiresAt > key.retiresAt || other.retiresAt === Number.POSITIVE_INFINITY)
}

/** EdDSA and Ed25519 name the same algorithm (RFC 9864 §2.2). */
function nameOf({ algorithm }: RingKey): string {
  return algorithm === 'EdDSA' ? 'Ed25519' : algorithm
}
