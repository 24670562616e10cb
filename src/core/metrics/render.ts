/**
 * Renders the metrics of a gateway as text that Prometheus reads. Each shard has series of its own,
 * so a shard that does not answer, or forgets a series, cannot look like a counter that was reset.
 */

import { asksFor } from '../accept.ts'
import type { GatewayFacts, ShardCounters } from './facts.ts'
import { DURATION_BOUNDS, FAMILIES, type Family, type FamilyName } from './families.ts'

/** `openmetrics` is OpenMetrics 1.0; `prometheus` is the text format 0.0.4 before it. */
export type MetricsFormat = 'openmetrics' | 'prometheus'

export const METRICS_CONTENT_TYPES = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
} as const satisfies Readonly<Record<MetricsFormat, string>>

/** Returns the newer format if the reader names it, and does not prefer the older one. */
export function chooseFormat(accept: string | null | undefined): MetricsFormat {
  return asksFor(accept, 'application/openmetrics-text', 'text/plain')
    ? 'openmetrics'
    : 'prometheus'
}

type Labels = readonly (readonly [name: string, value: string | number])[]
type Sample = readonly [suffix: string, labels: Labels, value: number]

export function renderMetrics(facts: GatewayFacts, format: MetricsFormat): string {
  const samples = gatherSamples(facts)
  const families = (Object.keys(FAMILIES) as FamilyName[]).map((name) =>
    renderFamily(name, samples[name], format),
  )
  return `${families.join('')}${format === 'openmetrics' ? '# EOF\n' : ''}`
}

function gatherSamples({
  release,
  revision,
  shards,
  keySets,
}: GatewayFacts): Readonly<Record<FamilyName, readonly Sample[]>> {
  const known = shards.flatMap((counters, shard) => (counters ? [{ shard, ...counters }] : []))
  const gauge = (value: (counters: ShardCounters) => number) =>
    known.map((counters): Sample => ['', [['shard', counters.shard]], value(counters)])
  return {
    edgemint_build_info: [['', [['version', release]], 1]],
    edgemint_trust_revision: [['', [], revision]],
    edgemint_exchanges: known.flatMap(({ shard, exchanges }) =>
      exchanges.map(({ issuer, rule, outcome, reason, count }): Sample => {
        const labels = { shard, issuer, rule, outcome, reason }
        return ['_total', Object.entries(labels), count]
      }),
    ),
    edgemint_exchange_duration_seconds: known.flatMap(listDurations),
    edgemint_issuer_keys_fetched_timestamp_seconds: keySets.flatMap(({ url, fetchedAt }) =>
      fetchedAt === null ? [] : [['', [['key_source', url]], fetchedAt] as const],
    ),
    edgemint_issuer_keys_failed_fetches: keySets.map(
      ({ url, failures }): Sample => ['', [['key_source', url]], failures],
    ),
    edgemint_decision_log_shard_up: shards.map(
      (counters, shard): Sample => ['', [['shard', shard]], counters === undefined ? 0 : 1],
    ),
    edgemint_decision_log_records: gauge(({ records }) => records),
    edgemint_decision_log_size_bytes: gauge(({ sizeBytes }) => sizeBytes),
    edgemint_decision_log_batches: total(gauge(({ batches }) => batches)),
    edgemint_decision_log_exported_batches: total(gauge(({ exportedBatches }) => exportedBatches)),
    edgemint_decision_log_faulty: known.map(({ shard, fault }): Sample => {
      const labels: Labels = [
        ['shard', shard],
        ['fault', fault ?? ''],
      ]
      return ['', labels, fault === null ? 0 : 1]
    }),
  }
}

function total(samples: readonly Sample[]): readonly Sample[] {
  return samples.map(([, labels, value]) => ['_total', labels, value])
}

/** The buckets of a histogram are cumulative: each has the decisions of those before it too. */
function listDurations({
  shard,
  durations,
}: ShardCounters & { readonly shard: number }): readonly Sample[] {
  return durations.flatMap(({ issuer, buckets, sumMilliseconds }): readonly Sample[] => {
    const labels: Labels = [
      ['shard', shard],
      ['issuer', issuer],
    ]
    let count = 0
    const counted = buckets.map((own, index): Sample => {
      count += own
      const bound = DURATION_BOUNDS[index]
      const le = bound === undefined ? '+Inf' : formatFloat(bound / 1000)
      return ['_bucket', [...labels, ['le', le]], count]
    })
    return [...counted, ['_count', labels, count], ['_sum', labels, sumMilliseconds / 1000]]
  })
}

/** OpenMetrics wants bounds as floats, so that both formats have the same series. */
function formatFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** The older format has the suffix of a counter in the name of the family, and no unit. */
function renderFamily(name: string, samples: readonly Sample[], format: MetricsFormat): string {
  const { type, unit, help }: Family = FAMILIES[name as FamilyName]
  const isOlder = format === 'prometheus'
  const titled = isOlder && type === 'counter' ? `${name}_total` : name
  const head = [`# TYPE ${titled} ${type}`]
  if (unit !== undefined && !isOlder) head.push(`# UNIT ${titled} ${unit}`)
  head.push(`# HELP ${titled} ${escapeText(help)}`)
  const lines = samples.map(
    ([suffix, labels, value]) => `${name}${suffix}${renderLabels(labels)} ${value}`,
  )
  return [...head, ...lines].map((line) => `${line}\n`).join('')
}

function renderLabels(labels: Labels): string {
  if (labels.length === 0) return ''
  const pairs = labels.map(([name, value]) => `${name}="${escapeText(String(value))}"`)
  return `{${pairs.join(',')}}`
}

/** The escapes of label values. In a help text, both formats read them alike. */
function escapeText(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}
