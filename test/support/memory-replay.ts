/**
 * Stores used tokens in a set, for tests of core. Tested by the contract
 * `test/contracts/replay.ts`.
 */
import type { ClaimReplay } from '../../src/core/ports.ts'

export function createMemoryReplay(): ClaimReplay {
  const used = new Set<string>()
  return async ({ key }) => {
    const isFirst = !used.has(key)
    used.add(key)
    return isFirst
  }
}
