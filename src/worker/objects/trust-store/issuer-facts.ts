/**
 * Reads the facts about trusted issuers from the tables of the trust store: key fetches, faults,
 * clock skew and decision counts.
 */
import type { KeyFault } from '../../../core/keys/issuer-keys.ts'
import type { KeyFaultDetail, KeyFaultName } from './fetch/fetch-issuer-keys.ts'
import { listRows, parseStored } from './issuer-key-rows.ts'
import { parseKeys, readFirstSeen } from './issuer-keys.ts'

/** Granted and denied decisions by the name of the issuer. */
export type DecisionCounts = Readonly<
  Record<string, { readonly granted: number; readonly denied: number }>
>

export type FetchedIssuerFacts = {
  readonly url: string
  readonly keys: readonly { readonly kid: string | null; readonly firstSeenAt: number }[]
  readonly version: number
  /** All times are epoch seconds. */
  readonly fetchedAt: number | null
  readonly nextFetchAt: number
  readonly failures: number
  readonly lastFault: KeyFaultName | null
  readonly faultDetail: KeyFaultDetail
  readonly unusable: readonly KeyFault[]
  /** The time of a fetch that showed no usable key; null after a good fetch. */
  readonly noKeyAt: number | null
  readonly failedAt: number | null
  readonly clockSkewSeconds: number | null
  readonly replacedAt: number | null
}

export type IssuerFacts = {
  readonly issuers: readonly FetchedIssuerFacts[]
  readonly counts: readonly {
    readonly issuer: string
    readonly granted: number
    readonly denied: number
    readonly since: number
  }[]
}

export function readIssuerFacts(sql: SqlStorage): IssuerFacts {
  const issuers = listRows(sql).map((row): FetchedIssuerFacts => {
    const seen = readFirstSeen(row)
    const keys = parseKeys(row)
    return {
      url: row.url,
      keys: (keys ?? []).map((key) => ({
        kid: key.kid ?? null,
        firstSeenAt: seen[JSON.stringify(key)] ?? row.fetched_at ?? 0,
      })),
      version: row.version,
      fetchedAt: keys ? row.fetched_at : null,
      nextFetchAt: row.next_fetch_at,
      failures: row.failures,
      lastFault: keys ? row.last_fault : 'stored_keys_damaged',
      // The trust store wrote these texts.
      faultDetail: (parseStored(row.fault_detail) ?? {}) as KeyFaultDetail,
      unusable: (parseStored(row.unusable) ?? []) as readonly KeyFault[],
      noKeyAt: row.no_key_at,
      failedAt: row.failed_at,
      clockSkewSeconds: row.clock_skew,
      replacedAt: row.replaced_at,
    }
  })
  const counts = sql
    .exec<{ issuer: string; granted: number; denied: number; since: number }>(
      'SELECT issuer, granted, denied, since FROM decision_counts',
    )
    .toArray()
  return { issuers, counts }
}

export function addDecisionCounts(sql: SqlStorage, counts: DecisionCounts, at: number): void {
  for (const [issuer, { granted, denied }] of Object.entries(counts)) {
    sql.exec(
      `INSERT INTO decision_counts (issuer, granted, denied, since) VALUES (?, ?, ?, ?)
       ON CONFLICT (issuer) DO UPDATE SET
         granted = granted + excluded.granted, denied = denied + excluded.denied`,
      issuer,
      granted,
      denied,
      at,
    )
  }
}
