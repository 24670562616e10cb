import { describe, expect, it } from 'vitest'
import { createUseReports, homeOf } from '../../../../src/worker/objects/rule-uses/report-uses.ts'
import type { RuleUse } from '../../../../src/worker/objects/rule-uses/rule-use.ts'

const DAY = 86_400_000
const NOON = Date.parse('2027-03-01T12:00:00Z')
const SHARDS = 8

const use = (rule: string, change: Partial<RuleUse> = {}): RuleUse => ({
  kind: 'rule',
  rule,
  resource: 'https://api.test',
  value: '',
  at: NOON,
  decisionId: 'dec_one',
  ...change,
})

function start() {
  const told: { shard: number; rules: readonly string[] }[] = []
  const state = { isDown: false }
  const report = createUseReports()
  const send = (...uses: readonly RuleUse[]) =>
    report(uses, SHARDS, async (shard, part) => {
      if (state.isDown) throw new Error('down')
      told.push({ shard, rules: part.map(({ rule }) => rule) })
    })
  return { told, state, send }
}

describe('the uses that a shard is told', () => {
  it('are reported to the shard of their rule, each once a day', async () => {
    const { told, send } = start()
    await send(use('a'), use('a'), use('b'))
    await send(use('a', { at: NOON + 1 }))
    const first = told.flatMap(({ rules }) => rules)
    expect(first.toSorted()).toEqual(['a', 'b'])
    for (const { shard, rules } of told) {
      for (const rule of rules) expect(homeOf(use(rule), SHARDS)).toBe(shard)
    }
    await send(use('a', { at: NOON + DAY }))
    expect(told.at(-1)?.rules).toEqual(['a'])
  })

  it('have one shard for all uses of a rule, and rules have several', () => {
    const network = use('a', { kind: 'network', value: 'AS1 DE' })
    expect(homeOf(network, SHARDS)).toBe(homeOf(use('a'), SHARDS))
    const homes = Array.from({ length: 200 }, (_, index) => homeOf(use(`${index}`), SHARDS))
    expect([...new Set(homes)].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('are reported again if that shard did not answer', async () => {
    const { told, state, send } = start()
    state.isDown = true
    await send(use('a'))
    state.isDown = false
    await send(use('a'))
    expect(told.map(({ rules }) => rules)).toEqual([['a']])
  })
})
