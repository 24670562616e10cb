/** Warns an operator about upcoming problems of the key ring, such as a key without a successor. */
import type { KeyRing } from './keyring.ts'

/** Returns warnings without any key material. Empty if there is no problem. */
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
