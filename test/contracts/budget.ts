/** The contract of every ledger of budgets. Runs on the memory version and on the Durable Object. */
import { describe, expect, it } from 'vitest'
import type { BudgetSpend, ClaimReplay, SpendBudget } from '../../src/core/use-ports.ts'

const UNTIL = 4_000_000_000

type Ledger = { readonly spendBudget: SpendBudget; readonly claimReplay: ClaimReplay }

export function describeBudget(name: string, create: () => Ledger): void {
  let count = 0
  /** A key that no other test has. Its first digits choose the shard. */
  const newKey = () => {
    count += 1
    return (count * 16_777_259).toString(16).padStart(8, '0').slice(-8).padEnd(64, 'b')
  }
  const spendOf = (change: Partial<BudgetSpend> = {}): BudgetSpend => ({
    key: newKey(),
    until: UNTIL,
    grants: 1,
    onExcess: 'deny',
    ...change,
  })
  const marked = (spend: BudgetSpend, key = newKey()): BudgetSpend => ({
    ...spend,
    mark: { key, until: UNTIL },
  })

  describe(name, () => {
    it('REP-06 counts as many tokens as the job gets, and names the first excess', async () => {
      const { spendBudget } = create()
      const spend = spendOf({ grants: 2 })
      expect(await spendBudget(spend)).toEqual({ outcome: 'counted', used: 1 })
      expect(await spendBudget(spend)).toEqual({ outcome: 'counted', used: 2 })
      expect(await spendBudget(spend)).toEqual({ outcome: 'exceeded', used: 2, isFirst: true })
      expect(await spendBudget(spend)).toEqual({ outcome: 'exceeded', used: 2, isFirst: false })
    })

    it('distinguishes jobs', async () => {
      const { spendBudget } = create()
      for (const spend of [spendOf(), spendOf()]) {
        expect((await spendBudget(spend)).outcome).toBe('counted')
      }
    })

    it('takes the number of the rule as it is now', async () => {
      const { spendBudget } = create()
      const spend = spendOf()
      await spendBudget(spend)
      expect((await spendBudget({ ...spend, grants: 2 })).outcome).toBe('counted')
      expect((await spendBudget({ ...spend, grants: 1 })).outcome).toBe('exceeded')
    })

    it('REP-01 marks the token with the count', async () => {
      const { spendBudget, claimReplay } = create()
      const spend = marked(spendOf({ grants: 5 }))
      expect((await spendBudget(spend)).outcome).toBe('counted')
      expect(await spendBudget(spend)).toEqual({ outcome: 'token_used' })
      expect(await claimReplay({ key: spend.mark?.key ?? '', until: UNTIL })).toBe(false)
      expect(await spendBudget(marked(spend))).toEqual({ outcome: 'counted', used: 2 })
    })

    it('does not count the job of a token that was used before', async () => {
      const { spendBudget, claimReplay } = create()
      const spend = marked(spendOf())
      await claimReplay({ key: spend.mark?.key ?? '', until: UNTIL })
      expect(await spendBudget(spend)).toEqual({ outcome: 'token_used' })
      expect(await spendBudget(marked(spend))).toEqual({ outcome: 'counted', used: 1 })
    })

    it('does not mark the token of a job that has its tokens', async () => {
      const { spendBudget, claimReplay } = create()
      const spend = spendOf()
      await spendBudget(spend)
      const refused = marked(spend)
      expect((await spendBudget(refused)).outcome).toBe('exceeded')
      expect(await claimReplay({ key: refused.mark?.key ?? '', until: UNTIL })).toBe(true)
    })

    it('marks a token that is granted beyond the budget', async () => {
      const { spendBudget } = create()
      const spend = spendOf({ onExcess: 'alert' })
      await spendBudget(spend)
      const granted = marked(spend)
      expect((await spendBudget(granted)).outcome).toBe('exceeded')
      expect(await spendBudget(granted)).toEqual({ outcome: 'token_used' })
    })

    it('REP-06 counts one of a hundred tokens of one job at once', async () => {
      const { spendBudget } = create()
      const spend = spendOf()
      const asked = Array.from({ length: 100 }, () => spendBudget(marked(spend)))
      const outcomes = await Promise.all(asked)
      expect(outcomes.filter(({ outcome }) => outcome === 'counted')).toHaveLength(1)
      expect(outcomes.filter((spent) => 'isFirst' in spent && spent.isFirst)).toHaveLength(1)
    })
  })
}
