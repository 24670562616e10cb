/**
 * Whether each store can do what the gateway needs of it, which is to write. Asked of the stores at
 * most every few seconds; in between the last answer stands, so that a flood of questions about
 * health writes nothing. Only settled answers are kept between requests.
 */
import { HEALTH_PROBE_SECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import type { StoreProbes } from '../objects/durable-ports.ts'
import type { PublicationFault } from '../objects/revocation-log/publication-fault.ts'

type StoresReady = {
  readonly trustStore: boolean
  readonly replayLedger: boolean
  readonly revocationLog: boolean
  /** Why edge checks do not see what the revocation log holds; null when they do. */
  readonly publicationFault: PublicationFault | null
}

export type StoreHealth = (at: number) => Promise<StoresReady>

export function createStoreHealth(probes: StoreProbes): StoreHealth {
  let answer: StoresReady | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  return async (at) => {
    const age = at - askedAt
    const isYoung = age >= 0 && age < HEALTH_PROBE_SECONDS
    if (isYoung && answer !== undefined) return answer
    // Before the first answer there is none to give, and whoever asks beside it asks for itself.
    if (answer !== undefined) askedAt = at
    const [trustStore, replayLedger, log] = await Promise.all([
      succeeds(probes.trustStore),
      succeeds(probes.replayLedger),
      settle(probes.revocationLog),
    ])
    askedAt = at
    answer = Object.freeze({
      trustStore,
      replayLedger,
      revocationLog: log !== undefined,
      publicationFault: log?.fault ?? null,
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
