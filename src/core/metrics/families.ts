/**
 * The metrics of a gateway: the name, type, unit and help of each family. Names follow OpenMetrics:
 * the name of a family ends with its unit, and samples of a counter end with `_total`.
 */

export type Family = {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly unit?: 'seconds' | 'bytes'
  readonly help: string
}

export const FAMILIES = {
  edgemint_build_info: { type: 'gauge', help: 'The release of the gateway, as a label. Always 1.' },
  edgemint_trust_revision: { type: 'gauge', help: 'The current revision of the trust document.' },
  edgemint_exchanges: {
    type: 'counter',
    help: 'Decisions of the token endpoint by issuer, rule, outcome and reason.',
  },
  edgemint_exchange_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from the request to its decision, by issuer. On Workers, only time spent waiting.',
  },
  edgemint_issuer_keys_fetched_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'When the key set of an issuer was last fetched, in Unix time.',
  },
  edgemint_issuer_keys_failed_fetches: {
    type: 'gauge',
    help: 'Fetches of the key set of an issuer that failed since the last success.',
  },
  edgemint_decision_log_shard_up: {
    type: 'gauge',
    help: 'Whether a shard of the decision log answered. Without it, its other metrics are absent.',
  },
  edgemint_decision_log_records: { type: 'gauge', help: 'Decisions that a shard keeps.' },
  edgemint_decision_log_size_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'The size of the database of a shard.',
  },
  edgemint_decision_log_batches: { type: 'counter', help: 'Batches that a shard has stored.' },
  edgemint_decision_log_exported_batches: {
    type: 'counter',
    help: 'Batches that a shard has exported to the bucket.',
  },
  edgemint_decision_log_faulty: {
    type: 'gauge',
    help: 'Whether a shard has a fault. The label says which.',
  },
} as const satisfies Readonly<Record<string, Family>>

export type FamilyName = keyof typeof FAMILIES

/**
 * The upper bounds of the buckets of durations, in milliseconds. The clock has whole milliseconds,
 * and an exchange that waits for nothing takes 0 on Workers.
 */
export const DURATION_BOUNDS = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const
