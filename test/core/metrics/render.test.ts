import { describe, expect, it } from 'vitest'
import type { GatewayFacts, ShardCounters } from '../../../src/core/metrics/facts.ts'
import { DURATION_BOUNDS, FAMILIES } from '../../../src/core/metrics/families.ts'
import { chooseFormat, renderMetrics } from '../../../src/core/metrics/render.ts'

const SHARD: ShardCounters = {
  exchanges: [
    { issuer: 'github', rule: 'deploy', outcome: 'granted', reason: '', count: 7 },
    { issuer: '', rule: '', outcome: 'denied', reason: 'issuer_not_trusted', count: 2 },
  ],
  durations: [
    {
      issuer: 'github',
      buckets: [...DURATION_BOUNDS.map((bound) => (bound === 5 ? 4 : 0)), 1],
      sumMilliseconds: 20_500,
    },
  ],
  records: 9,
  sizeBytes: 65_536,
  batches: 3,
  exportedBatches: 1,
  fault: 'export_failed',
}
const FACTS: GatewayFacts = {
  release: '1.2.3',
  revision: 4,
  shards: [SHARD, null, undefined],
  keySets: [
    { url: 'https://issuer.example/a"b\\c\nd', fetchedAt: 1_700_000_000, failures: 0 },
    { url: 'https://other.example', fetchedAt: null, failures: 3 },
  ],
}

const openMetrics = renderMetrics(FACTS, 'openmetrics')
const older = renderMetrics(FACTS, 'prometheus')
const linesOf = (text: string) => text.trimEnd().split('\n')
const samplesOf = (text: string) => linesOf(text).filter((line) => !line.startsWith('#'))

describe('renderMetrics', () => {
  it('counts exchanges by shard, issuer, rule, outcome and reason', () => {
    expect(samplesOf(openMetrics)).toContain(
      'edgemint_exchanges_total{shard="0",issuer="github",rule="deploy",outcome="granted",reason=""} 7',
    )
    expect(samplesOf(openMetrics)).toContain(
      'edgemint_exchanges_total{shard="0",issuer="",rule="",outcome="denied",reason="issuer_not_trusted"} 2',
    )
  })

  it('has cumulative buckets, a count and a sum in seconds', () => {
    const own = samplesOf(openMetrics).filter((line) => line.includes('duration_seconds'))
    const bucket = (le: string) =>
      own.find((line) => line.includes(`le="${le}"`))?.replace(/^.* /, '')
    expect(['0.001', '0.005', '0.01', '1.0', '10.0', '+Inf'].map(bucket)).toEqual([
      '0',
      '4',
      '4',
      '4',
      '4',
      '5',
    ])
    expect(own).toHaveLength(DURATION_BOUNDS.length + 3)
    expect(own.slice(-2)).toEqual([
      'edgemint_exchange_duration_seconds_count{shard="0",issuer="github"} 5',
      'edgemint_exchange_duration_seconds_sum{shard="0",issuer="github"} 20.5',
    ])
  })

  it('tells a shard that is down from a shard without decisions', () => {
    expect(samplesOf(openMetrics).filter((line) => line.includes('_shard_up'))).toEqual([
      'edgemint_decision_log_shard_up{shard="0"} 1',
      'edgemint_decision_log_shard_up{shard="1"} 1',
      'edgemint_decision_log_shard_up{shard="2"} 0',
    ])
    expect(samplesOf(openMetrics)).toContain(
      'edgemint_decision_log_faulty{shard="0",fault="export_failed"} 1',
    )
    expect(openMetrics).not.toContain('records{shard="2"}')
  })

  it('escapes label values, so that no value ends its line or its quotes', () => {
    const value = 'https://issuer.example/a\\"b\\\\c\\nd'
    expect(samplesOf(openMetrics)).toContain(
      `edgemint_issuer_keys_failed_fetches{key_source="${value}"} 0`,
    )
    expect(samplesOf(openMetrics)).toContain(
      'edgemint_issuer_keys_failed_fetches{key_source="https://other.example"} 3',
    )
    expect(openMetrics).not.toContain('fetched_timestamp_seconds{key_source="https://other')
  })

  it('describes every family once, before its samples', () => {
    for (const [format, text] of [
      ['openmetrics', openMetrics],
      ['prometheus', older],
    ] as const) {
      let family = ''
      const described: string[] = []
      for (const line of linesOf(text)) {
        const type = /^# TYPE (\S+) (\S+)$/.exec(line)
        if (type !== null) {
          family = type[1] ?? ''
          described.push(family.replace(/_total$/, ''))
        } else if (line !== '# EOF') {
          expect(line.replace(/^# (?:HELP|UNIT) /, '').startsWith(family), line).toBe(true)
        }
      }
      expect(described, format).toEqual(Object.keys(FAMILIES))
    }
  })

  it('ends an OpenMetrics text with its mark, and says units only there', () => {
    expect(openMetrics.endsWith('\n# EOF\n')).toBe(true)
    expect(openMetrics).toContain('# TYPE edgemint_exchanges counter\n')
    expect(openMetrics).toContain('# UNIT edgemint_decision_log_size_bytes bytes\n')
    expect(older).not.toContain('# EOF')
    expect(older).not.toContain('# UNIT')
    expect(older).toContain('# TYPE edgemint_exchanges_total counter\n')
    expect(samplesOf(older)).toEqual(samplesOf(openMetrics))
  })

  it('has names of OpenMetrics: a unit at the end, and no reserved suffix', () => {
    for (const [name, family] of Object.entries(FAMILIES)) {
      expect(name).toMatch(/^edgemint_[a-z_]+$/)
      expect(name).not.toMatch(/_(?:total|bucket|count|sum|created)$/)
      if ('unit' in family) expect(name.endsWith(`_${family.unit}`), name).toBe(true)
      expect(family.help).toMatch(/\.$/)
    }
  })
})

describe('chooseFormat', () => {
  it.each([
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.1', 'openmetrics'],
    ['text/plain;version=0.0.4', 'prometheus'],
    ['application/openmetrics-text;q=0', 'prometheus'],
    ['text/plain;version=0.0.4;q=0.6,application/openmetrics-text;q=0.5', 'prometheus'],
    ['application/openmetrics-textual', 'prometheus'],
    ['application/openmetrics-text;version=1.0.0,*/*;q=0.1', 'openmetrics'],
    ['*/*', 'prometheus'],
    [undefined, 'prometheus'],
  ])('%s gives %s', (accept, format) => {
    expect(chooseFormat(accept)).toBe(format)
  })
})
