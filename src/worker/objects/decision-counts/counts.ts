/** The decision counts as isolates send them and as operators read them, and their sum. */

/** What one isolate has counted since its last message. */
export type CountBatch = {
  /** By the name of the issuer. */
  readonly decisions: Readonly<
    Record<string, { readonly granted: number; readonly denied: number }>
  >
  /** Questions about missing keys that were answered without the trust store, by key source. */
  readonly refused: Readonly<Record<string, number>>
}

export type IssuerCount = {
  readonly issuer: string
  readonly granted: number
  readonly denied: number
  /** Epoch seconds of the first count. */
  readonly since: number
}

export type CountTotals = {
  readonly decisions: readonly IssuerCount[]
  readonly refused: Readonly<Record<string, number>>
}

/** Adds the totals of several objects. */
export function sumCounts(totals: readonly CountTotals[]): CountTotals {
  const decisions = new Map<string, IssuerCount>()
  const refused = new Map<string, number>()
  for (const total of totals) {
    for (const { issuer, granted, denied, since } of total.decisions) {
      const sum = decisions.get(issuer) ?? { granted: 0, denied: 0, since }
      decisions.set(issuer, {
        issuer,
        granted: sum.granted + granted,
        denied: sum.denied + denied,
        since: Math.min(sum.since, since),
      })
    }
    for (const [source, questions] of Object.entries(total.refused)) {
      refused.set(source, (refused.get(source) ?? 0) + questions)
    }
  }
  return { decisions: [...decisions.values()], refused: Object.fromEntries(refused) }
}
