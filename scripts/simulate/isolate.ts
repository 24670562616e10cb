/**
 * One isolate: the real caches of the Worker with a clock of its own. It notes what it heard from
 * the trust store and when, so that each decision can be judged without asking the cache.
 */
import type { Ceilings } from '../../src/core/policy/compile/compiled.ts'
import type { TrustView } from '../../src/core/trust-view.ts'
import { createRevocationSnapshot } from '../../src/worker/caches/revocations/revocation-snapshot.ts'
import { createTrustSnapshot } from '../../src/worker/caches/trust/trust-snapshot.ts'
import type { IsolateClock } from './isolate-clock.ts'
import type { StoreDoor } from './topology.ts'

/** The caches that a simulated isolate runs. A test replaces them by broken ones. */
export type Caches = {
  readonly createTrust: typeof createTrustSnapshot
  readonly createRevocations: typeof createRevocationSnapshot
}

export const REAL_CACHES: Caches = {
  createTrust: createTrustSnapshot,
  createRevocations: createRevocationSnapshot,
}

/** What the isolate last heard from the store. */
type Heard = {
  /** When the store said it, in epoch milliseconds. */
  readonly saidAt: number
  /** When the isolate asked, in epoch milliseconds. */
  readonly askedAt: number
  readonly question: number
}

export type Isolate = {
  readonly id: number
  readonly place: number
  /** Requests that one simulated request stands for. */
  readonly weight: number
  readonly meanMilliseconds: number
  readonly clock: IsolateClock
  readonly trust: ReturnType<typeof createTrustSnapshot>
  readonly revocations: ReturnType<typeof createRevocationSnapshot>
  readonly heard: () => Heard | undefined
  /** Whether the newest question of the isolate fails. It may then use an older copy. */
  readonly isCutOff: () => boolean
  /** The highest revision that decided here. */
  highestRevision: number
  isEnded: boolean
  /** What the judge found out about the last view. */
  judged: { readonly view: TrustView; readonly changes: number; readonly since: number } | undefined
}

const CEILINGS: Ceilings = {
  gatewayIssuer: 'https://gateway.example',
  maxTokenLifetimeSeconds: 3600,
  maxRuleExpirySeconds: undefined,
  localIssuers: false,
}

/** A question without an answer after this time has failed for the cache. */
const DEADLINE_MILLISECONDS = 5000

export type IsolateOptions = Pick<Isolate, 'id' | 'place' | 'weight' | 'meanMilliseconds'> & {
  readonly now: () => number
  readonly clock: IsolateClock
  readonly caches: Caches
  readonly door: StoreDoor
  readonly revocationPorts: Parameters<typeof createRevocationSnapshot>[0]
  readonly maxStaleSeconds: number
  readonly note: (text: string) => void
}

export function createIsolate(options: IsolateOptions): Isolate {
  const { door, now, note, caches, clock } = options
  let heard: Heard | undefined
  let questions = 0
  let newest = { question: 0, isFailing: false }
  /**
   * When a question was answered after one that failed. The cache keeps an answer in the millisecond
   * in which it arrives, but later: until then, other requests decide as before.
   */
  let recoveredAt = Number.NEGATIVE_INFINITY

  function settle(question: number, isFailing: boolean): void {
    if (question < newest.question) return
    if (newest.isFailing && !isFailing) recoveredAt = now()
    newest = { question, isFailing }
    if (isFailing) note(`question ${question} fails`)
  }

  const trust = caches.createTrust({
    store: {
      async snapshotSince(known, expected) {
        questions += 1
        const question = questions
        const askedAt = now()
        const asked = door.snapshotSince(known, expected, () => settle(question, true))
        const { delta, saidAt } = await asked.catch((error) => {
          settle(question, true)
          throw error
        })
        const isLate = now() - askedAt >= DEADLINE_MILLISECONDS
        settle(question, isLate || delta.isStale === true)
        // A copy that is used because the store does not answer is news only if it is newer.
        const least = (heard?.saidAt ?? 0) + (delta.isStale === true ? 1 : 0)
        const isNew = question > (heard?.question ?? 0) && saidAt >= least
        if (!isLate && isNew) heard = { saidAt, askedAt, question }
        note(`answer ${question}: revision ${delta.revision}, key epoch ${delta.keyEpoch}`)
        return delta
      },
      refreshKeys: door.refreshKeys,
    },
    ceilings: CEILINGS,
    policy: undefined,
    maxStaleSeconds: options.maxStaleSeconds,
    clock: clock.read,
    reportFaulty: ({ revision }) => {
      throw new Error(`the simulated document ${revision} does not compile`)
    },
  })
  return {
    id: options.id,
    place: options.place,
    weight: options.weight,
    meanMilliseconds: options.meanMilliseconds,
    clock,
    trust,
    revocations: caches.createRevocations({
      ...options.revocationPorts,
      nearest: door.revocations,
    }),
    heard: () => heard,
    isCutOff: () => newest.isFailing || recoveredAt === now(),
    highestRevision: 0,
    isEnded: false,
    judged: undefined,
  }
}
