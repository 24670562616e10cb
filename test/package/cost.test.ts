/** The tables of docs/cost.md, and the calculation behind them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  countUnits,
  LOADS,
  type Load,
  PLAN_DOLLARS,
  PRICES,
  priceOf,
  totalOf,
} from '../../scripts/cost/model.ts'
import { COST_DOCS, renderCostDocs } from '../../scripts/cost.ts'

const LOAD: Load = { exchangesPerSecond: 1000, isolates: 10, shards: 8 }
const MONTH = 1000 * 30 * 86_400

describe('docs/cost.md', () => {
  it('matches scripts/cost (to fix: node scripts/cost.ts)', () => {
    const page = readFileSync(COST_DOCS, 'utf8')
    expect(page).toBe(renderCostDocs(page))
  })
})

describe('the cost of a month', () => {
  it('has a price only for what the plan does not include', () => {
    const { included } = PRICES.requests
    expect(priceOf('requests', included)).toBe(0)
    expect(priceOf('requests', included + 1_000_000)).toBeCloseTo(0.3)
    expect(priceOf('stored', 7)).toBeCloseTo(0.4)
  })

  it('counts a request for each exchange, and a call for each batch, mark and strict record', () => {
    const [reuse, once, strict] = (['reuse', 'once', 'strict'] as const).map((mode) =>
      countUnits(LOAD, mode),
    )
    expect(reuse?.requests).toBe(MONTH)
    // A hundred a second and isolate are batches of fifty.
    expect((once?.calls ?? 0) - (reuse?.calls ?? 0)).toBe(MONTH)
    expect((strict?.calls ?? 0) - (once?.calls ?? 0)).toBeCloseTo(MONTH - MONTH / 50, -2)
    // A mark is a row, and so is its deletion.
    expect((once?.written ?? 0) - (reuse?.written ?? 0)).toBeCloseTo(2 * MONTH, -2)
  })

  it('keeps at most what the shards hold', () => {
    const stored = (shards: number) => countUnits({ ...LOAD, shards }, 'reuse').stored
    expect(stored(16)).toBeCloseTo(2 * stored(8))
    const small = { ...LOAD, exchangesPerSecond: 1 }
    expect(countUnits(small, 'reuse').stored).toBeCloseTo(
      countUnits({ ...small, shards: 16 }, 'reuse').stored,
    )
  })

  it('grows with the rate, and with what a rule asks for', () => {
    for (const load of LOADS) {
      const totals = (['reuse', 'once', 'strict'] as const).map((mode) => totalOf(load, mode))
      expect(totals).toEqual([...totals].sort((one, other) => one - other))
      expect(totals[0]).toBeGreaterThan(PLAN_DOLLARS)
    }
    const once = LOADS.map((load) => totalOf(load, 'once'))
    expect(once).toEqual([...once].sort((one, other) => one - other))
  })
})
