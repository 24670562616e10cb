/** What the metrics of a gateway are made of, as its objects report it. Types only. */

/** Decisions with the same labels. An absent member of a decision is an empty label. */
export type ExchangeCount = {
  /** The name in the trust document. */
  readonly issuer: string
  readonly rule: string
  readonly outcome: string
  /** The reason of a denial, or the part that was unavailable. */
  readonly reason: string
  readonly count: number
}

export type DurationCounts = {
  readonly issuer: string
  /** The decisions of each bucket alone, and last those above every bound. */
  readonly buckets: readonly number[]
  readonly sumMilliseconds: number
}

export type ShardCounters = {
  readonly exchanges: readonly ExchangeCount[]
  readonly durations: readonly DurationCounts[]
  readonly records: number
  readonly sizeBytes: number
  readonly batches: number
  readonly exportedBatches: number
  readonly fault: string | null
}

export type GatewayFacts = {
  readonly release: string
  readonly revision: number
  /** By shard number. Null: no records. Undefined: the shard did not answer. */
  readonly shards: readonly (ShardCounters | null | undefined)[]
  readonly keySets: readonly KeySetFacts[]
}

type KeySetFacts = {
  /** The issuer URL from whose discovery document the keys come, or the URL of the key set. */
  readonly url: string
  /** Epoch seconds. */
  readonly fetchedAt: number | null
  readonly failures: number
}
