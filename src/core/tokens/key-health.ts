/** What an operator should know about the key ring before it hurts: dates, gaps, successors. */
import type { KeyRing } from './keyring.ts'

/** Sentences without any key material; empty when all is well. */
export function findKeyWarnings(ring: KeyRing, at: number): readonly string[] {
  if (ring.keys.length === 0) return []
  const warnings: string[] = []
  const isActive = ring.keys.some((key) => key.activatesAt <= at && at < key.retiresAt)
  if (!isActive) warnings.push('no signing key is active now')
  for (const key of ring.keys) {
    const isSigning = key.activatesAt <= at && at < key.retiresAt
    if (!isSigning || key.retiresAt === Number.POSITIVE_INFINITY) continue
    const hasSuccessor = ring.keys.some(
      (other) =>
        other.algorithm === key.algorithm &&
        other.activatesAt <= key.retiresAt &&
        other.retiresAt > key.retiresAt,
    )
    if (!hasSuccessor) warnings.push(`no successor is scheduled for key ${key.keyId}`)
  }
  return warnings
}
