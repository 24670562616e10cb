/** Used tokens in a set, for tests of the core. Under contract: `test/contracts/replay.ts`. */
import type { ClaimReplay } from '../../src/core/ports.ts'

export function createMemoryReplay(): ClaimReplay {
  const used = new Set<string>()
  return async ({ key }) => {
    const isFirst = !used.has(key)
    used.add(key)
    return isFirst
  }
}
