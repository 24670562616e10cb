/**
 * Checks whether each store can write. The stores are probed at most every few seconds, and the
 * last result is used in between. A flood of health requests then writes nothing. Only settled
 * results are kept between requests.
 */
import { HEALTH_PROBE_SECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import type { DecisionLogHealth } from '../objects/decision-log/shard-health.ts'
import type { StoreProbes } from '../objects/durable-ports.ts'
import type { PublicationFault } from '../objects/revocation-log/publication-state.ts'

type StoresReady = {
  readonly trustStore: boolean
  readonly replayLedger: boolean
  readonly revocationLog: boolean
  /** Why edge checks do not see the newest revocations; null if they do. */
  readonly publicationFault: PublicationFault | null
  /** Undefined without a decision log. */
  readonly decisionLog: DecisionLogHealth | undefined
}

export type StoreHealth = (at: number) => Promise<StoresReady>

export function createStoreHealth(probes: StoreProbes): StoreHealth {
  let answer: StoresReady | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  return async (at) => {
    const age = at - askedAt
    const isYoung = age >= 0 && age < HEALTH_PROBE_SECONDS
    if (isYoung && answer !== undefined) return answer
    // Other requests use the last result meanwhile. Before the first result, each request probes.
    if (answer !== undefined) askedAt = at
    const [trustStore, replayLedger, log, decisionLog] = await Promise.all([
      succeeds(probes.trustStore),
      succeeds(probes.replayLedger),
      settle(probes.revocationLog),
      probes.decisionLog?.(),
    ])
    askedAt = at
    answer = Object.freeze({
      trustStore,
      replayLedger,
      revocationLog: log !== undefined,
      publicationFault: log?.fault ?? null,
      decisionLog,
    })
    return answer
  }
}

async function succeeds(probe: () => Promise<void>): Promise<boolean> {
  const isDone = await settle(async () => {
    await probe()
    return true
  })
  return isDone ?? false
}

async function settle<T>(probe: () => Promise<T>): Promise<T | undefined> {
  try {
    return await probe()
  } catch (error) {
    if (error instanceof Unavailable) return undefined
    throw error
  }
}
