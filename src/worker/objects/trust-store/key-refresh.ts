/**
 * Refreshes the keys of issuers: those that are due, and those of an issuer whose token has an unknown
 * key. `issuer-keys.ts` decides whether a fetch is allowed, and `fetch` makes it.
 */
import { KEY_REFRESH_BATCH } from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'
import type { Settings } from '../../../core/settings.ts'
import type { KeyAnswer } from '../../trust-layers/trust-messages.ts'
import { refreshAll, refreshIssuerKeys } from './fetch/refresh-issuer-keys.ts'
import { type IssuerKeyRow, readRow } from './issuer-key-rows.ts'
import {
  answerQuestion,
  isUsableAt,
  type KeyQuestion,
  listDue,
  markKidAsked,
  mayFetch,
} from './issuer-keys.ts'

export type KeyRefresh = {
  /**
   * Returns the keys of an issuer; null if there are none. If the asked key is not among them, the
   * keys are fetched first, if a fetch is allowed now.
   */
  readonly ask: (url: string, question: KeyQuestion) => Promise<KeyAnswer | null>
  /** Fetches the keys that are due. Never rejects because of an issuer. */
  readonly refreshDue: () => Promise<void>
}

export type KeyRefreshOptions = {
  readonly settings: Settings
  readonly clock: Clock
  /** Plans the next alarm after a fetch that a question caused. */
  readonly schedule: () => Promise<void>
}

/** Simultaneous calls for one issuer share one fetch. */
export function createKeyRefresh(
  sql: SqlStorage,
  { settings, clock, schedule }: KeyRefreshOptions,
): KeyRefresh {
  const { issuerKeysMaxStaleSeconds: most } = settings
  const { localIssuers } = settings.ceilings
  /**
   * Running fetches by key source. A call may await the promise of another, because all calls of
   * one object share its context.
   */
  const flights = new Map<string, Promise<void>>()

  function answer(row: IssuerKeyRow | undefined, question: KeyQuestion): KeyAnswer | null {
    return row === undefined ? null : answerQuestion(row, question, clock(), most)
  }

  /** Never rejects. */
  function fetchShared(url: string): Promise<void> {
    const flying = flights.get(url)
    if (flying !== undefined) return flying
    const flight = refreshIssuerKeys(sql, url, { localIssuers, clock }).finally(() =>
      flights.delete(url),
    )
    flights.set(url, flight)
    return flight
  }

  return {
    async ask(url, question) {
      for (let hasWaited = false; ; hasWaited = true) {
        const row = readRow(sql, url)
        if (row === undefined) return null
        const at = clock()
        const isUsable = isUsableAt(row, at, most)
        const found = answer(row, question)
        if (found !== null && found.quietSeconds === undefined) return found
        const flight = flights.get(url)
        if (flight !== undefined && !hasWaited) {
          await flight
          continue
        }
        if (flight !== undefined || !mayFetch(row, at, isUsable)) return found
        if (isUsable) markKidAsked(sql, url, at)
        await fetchShared(url)
        await schedule()
        return answer(readRow(sql, url), question)
      }
    },
    refreshDue: () => refreshAll(listDue(sql, clock(), KEY_REFRESH_BATCH), fetchShared),
  }
}
