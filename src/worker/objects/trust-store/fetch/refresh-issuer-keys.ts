/** Fetches the keys of one issuer, stores the result and logs what changed. */
import { KEY_REFRESH_PARALLEL } from '../../../../core/limits.ts'
import type { Clock } from '../../../../core/ports.ts'
import { log } from '../../../log.ts'
import { type KeyChange, storeFault, storeKeys, storeUnusable, wentBack } from '../issuer-keys.ts'
import { readKeyHosts } from '../key-sources.ts'
import { type FetchedKeys, fetchIssuerKeys } from './fetch-issuer-keys.ts'
import { alertsOf } from './issuer-alerts.ts'

type Fetching = { readonly localIssuers: boolean; readonly clock: Clock }

/** Never rejects because of the issuer. */
export async function refreshIssuerKeys(
  sql: SqlStorage,
  url: string,
  { localIssuers, clock }: Fetching,
): Promise<void> {
  const keyHosts = readKeyHosts(sql, url)
  let fetched: FetchedKeys = await fetchIssuerKeys(url, { localIssuers, keyHosts })
  // The document changed during the fetch. The keys may be from a host that is no longer allowed.
  if (readKeyHosts(sql, url).join() !== keyHosts.join()) return
  const at = clock()
  if (fetched.ok && wentBack(sql, url, fetched.sequence)) {
    fetched = { ok: false, fault: 'bundle_went_back', detail: {}, unusable: [] }
  }
  let change: KeyChange | undefined
  let isNews = false
  if (fetched.ok || fetched.unusable.length > 0) isNews = storeUnusable(sql, url, fetched.unusable)
  if (fetched.ok) {
    const clockSkew = fetched.dateAt === null ? null : fetched.dateAt - at
    change = storeKeys(sql, url, { ...fetched, clockSkew }, at)
    if (change !== undefined) log({ event: 'issuer_keys_changed', at, issuerUrl: url, ...change })
  } else {
    storeFault(sql, url, fetched, at)
    const { fault, detail } = fetched
    log({ event: 'issuer_keys_failed', at, issuerUrl: url, fault, ...detail })
  }
  for (const alert of alertsOf(fetched, change, isNews)) {
    log({ event: 'issuer_alert', at, issuerUrl: url, ...alert })
  }
}

/** Refreshes several issuers, a few at a time. */
export async function refreshAll(
  urls: readonly string[],
  refresh: (url: string) => Promise<void>,
): Promise<void> {
  const due = [...urls]
  const work = async () => {
    for (let url = due.shift(); url !== undefined; url = due.shift()) await refresh(url)
  }
  await Promise.all(Array.from({ length: KEY_REFRESH_PARALLEL }, work))
}
