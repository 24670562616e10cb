/** One question to a layer. It has a deadline, and a layer that just failed is not asked. */
import type { Clock } from '../../../core/ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { TRUST_CONTENT_TIMEOUT_MILLISECONDS } from '../limits.ts'
import { LayerError, type LayerFaults, type LayerName } from './layer.ts'

/** Null if the layer failed, which is counted, or failed a moment ago. */
export type Attempt = <T>(
  name: LayerName,
  ask: () => Promise<T>,
  milliseconds?: number,
) => Promise<T | null>

export function createAttempt(faults: LayerFaults, clock: Clock): Attempt {
  return async (name, ask, milliseconds = TRUST_CONTENT_TIMEOUT_MILLISECONDS) => {
    if (faults.isQuiet(name, clock())) return null
    try {
      return await withDeadline(milliseconds, ask())
    } catch (error) {
      faults.count(name, error instanceof LayerError ? error.fault : 'unreachable', clock())
      return null
    }
  }
}
