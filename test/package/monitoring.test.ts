/** The files in examples/monitoring and docs/monitoring.md name only metrics and labels that exist. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { FAMILIES, type Family } from '../../src/core/metrics/families.ts'
import { renderMetrics } from '../../src/core/metrics/render.ts'
import { PATHS } from '../../src/protocol/paths.ts'
import { root } from './support/project.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const readYaml = (name: string) => parse(read(`examples/monitoring/${name}`)) as unknown

type Rules = {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly annotations: { readonly summary: string }
    }[]
  }[]
}
type Dashboard = {
  readonly templating: { readonly list: readonly { readonly query: string | { query: string } }[] }
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
}
type Scraped = {
  readonly rule_files: readonly string[]
  readonly scrape_configs: readonly { readonly metrics_path?: string }[]
}

const alerts = (readYaml('edgemint.rules.yml') as Rules).groups.flatMap(({ rules }) => rules)
const dashboard = JSON.parse(read('examples/monitoring/grafana/edgemint.json')) as Dashboard
const targets = dashboard.panels.flatMap((panel) => panel.targets)

const SUFFIXES: Readonly<Record<Family['type'], readonly string[]>> = {
  gauge: [''],
  counter: ['_total'],
  histogram: ['_bucket', '_count', '_sum'],
}
const samples = Object.entries(FAMILIES).flatMap(([name, { type }]) =>
  SUFFIXES[type].map((suffix) => `${name}${suffix}`),
)

/** The labels that the renderer writes, by sample, and those that Prometheus adds. */
const rendered = renderMetrics(
  {
    release: '1',
    revision: 1,
    shards: [
      {
        exchanges: [{ issuer: 'a', rule: 'b', outcome: 'granted', reason: '', count: 1 }],
        durations: [{ issuer: 'a', buckets: [1], sumMilliseconds: 1 }],
        records: 1,
        sizeBytes: 1,
        batches: 1,
        exportedBatches: 1,
        fault: 'export_failed',
      },
    ],
    keySets: [{ url: 'u', fetchedAt: 1, failures: 1 }],
  },
  'openmetrics',
)
const OF_PROMETHEUS = ['job', 'instance', 'gateway']

function labelsOf(sample: string): readonly string[] {
  const line = rendered.split('\n').find((one) => one.startsWith(`${sample}{`)) ?? ''
  return [...line.matchAll(/([a-z_]+)="/g)].map(([, name = '']) => name)
}

/** Each metric of a query, with the labels that the query selects it by. */
function readQuery(query: string) {
  return [...query.matchAll(/\b(edgemint_[a-z_]+|up)\b(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', selected = '']) => ({
      metric,
      labels: [...selected.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, name = '']) => name),
    }),
  )
}

const queries: readonly (readonly [string, string])[] = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap((panel) =>
    panel.targets.map(({ expr }) => [panel.title, expr] as const),
  ),
  ...dashboard.templating.list
    .map(({ query }) => (typeof query === 'string' ? query : query.query))
    .filter((query) => query !== 'prometheus')
    .map((query) => ['a variable', query] as const),
]

describe('the examples of monitoring', () => {
  it.each(queries)('%s asks for metrics and labels that exist: %s', (_, query) => {
    const asked = readQuery(query)
    expect(asked.length).toBeGreaterThan(0)
    for (const { metric, labels } of asked) {
      if (metric === 'up') continue
      expect(samples).toContain(metric)
      const known = [...labelsOf(metric), ...OF_PROMETHEUS]
      expect(labels.filter((label) => !known.includes(label))).toEqual([])
    }
    const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.trim()),
    )
    const known = [...asked.flatMap(({ metric }) => labelsOf(metric)), ...OF_PROMETHEUS]
    expect(grouped.filter((label) => !known.includes(label))).toEqual([])
  })

  it('shows every metric on the dashboard', () => {
    const shown = targets.flatMap(({ expr }) => readQuery(expr).map(({ metric }) => metric))
    expect(samples.filter((sample) => !shown.includes(sample))).toEqual([])
  })

  it('tests every alert', () => {
    const tests = read('examples/monitoring/edgemint.rules.test.yml')
    for (const { alert } of alerts) expect(tests).toContain(`alertname: ${alert}\n`)
  })

  it('scrapes paths that are served, with the rules beside them', () => {
    const { rule_files: files, scrape_configs: jobs } = readYaml('prometheus.yml') as Scraped
    expect(files).toEqual(['edgemint.rules.yml'])
    expect(jobs.map(({ metrics_path: path = '/metrics' }) => path)).toEqual([
      '/metrics',
      PATHS.adminMetrics,
    ])
  })
})

describe('docs/monitoring.md', () => {
  const page = read('docs/monitoring.md')
  const rowsOf = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, name = '']) => name)

  it('describes every metric with its type and its labels', () => {
    const rows = [...page.matchAll(/^\| `(edgemint_[a-z_]+)` \| (\w+) \| ([^|]+) \|/gm)]
    const described = rows.map(([, name = '', type = '', labels = '']) => {
      return [name, type, [...labels.matchAll(/`([a-z_]+)`/g)].map(([, label = '']) => label)]
    })
    const expected = Object.entries(FAMILIES).map(([family, { type }]) => {
      const name = type === 'counter' ? `${family}_total` : family
      const sample = type === 'histogram' ? `${family}_count` : name
      return [name, type, labelsOf(sample)]
    })
    expect(described).toEqual(expected)
  })

  it('says what to do about every alert', () => {
    expect(rowsOf(/^\| `(Edgemint\w+)` \|/gm)).toEqual(alerts.map(({ alert }) => alert))
  })
})
