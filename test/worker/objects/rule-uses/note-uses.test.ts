import { describe, expect, it } from 'vitest'
import { MAX_USE_VALUES } from '../../../../src/worker/limits.ts'
import { forgetUses, noteUses } from '../../../../src/worker/objects/rule-uses/note-uses.ts'
import type { RuleUse } from '../../../../src/worker/objects/rule-uses/rule-use.ts'
import { inside, NOON, newShard, type Shard } from '../decision-log/shard.ts'

const DAY = 86_400_000
const DORMANT_DAYS = 35

const use = (kind: RuleUse['kind'], value = '', change: Partial<RuleUse> = {}): RuleUse => ({
  kind,
  rule: 'deploy',
  resource: 'https://api.test',
  value,
  at: NOON,
  decisionId: 'dec_one',
  ...change,
})

/** Notes uses one after the other, and returns the types of the alerts with their facts. */
const note = (shard: Shard, ...uses: readonly RuleUse[]) =>
  inside(shard, NOON, (_, { storage }) =>
    uses.flatMap((one) => noteUses(storage.sql, [one], DORMANT_DAYS)),
  )
const countRows = (shard: Shard) =>
  inside(shard, NOON, (_, { storage }) =>
    storage.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM rule_uses').one(),
  )

describe('a use of a rule', () => {
  it('REP-07 from a new network is an alert, and its first network is none', async () => {
    const shard = newShard()
    expect(await note(shard, use('network', 'AS1 DE'), use('network', 'AS1 DE'))).toEqual([])
    expect(await note(shard, use('network', 'AS2 FR', { decisionId: 'dec_two' }))).toEqual([
      {
        type: 'new_network',
        at: NOON / 1000,
        decisionId: 'dec_two',
        rule: 'deploy',
        resource: 'https://api.test',
        facts: { network: 'AS2 FR' },
      },
    ])
    expect(await note(shard, use('network', 'AS2 FR'), use('network', 'AS1 DE'))).toEqual([])
  })

  it('REP-07 by a new commit of the workflow is an alert of another type', async () => {
    const shard = newShard()
    await note(shard, use('network', 'AS1 DE'), use('workflow_commit', 'a'))
    expect(await note(shard, use('workflow_commit', 'b'))).toMatchObject([
      { type: 'new_workflow_commit', facts: { workflow_commit: 'b' } },
    ])
  })

  it('is compared with uses of the same rule and resource alone', async () => {
    const shard = newShard()
    await note(shard, use('network', 'AS1 DE'))
    expect(await note(shard, use('network', 'AS2 FR', { rule: 'other' }))).toEqual([])
    const elsewhere = { resource: 'https://other.test' }
    expect(await note(shard, use('network', 'AS2 FR', elsewhere))).toEqual([])
  })

  it('REP-07 after a long pause is an alert with the last use', async () => {
    const shard = newShard()
    const at = (days: number) => use('rule', '', { at: NOON + days * DAY })
    expect(await note(shard, at(0), at(DORMANT_DAYS), at(DORMANT_DAYS))).toEqual([])
    expect(await note(shard, at(2 * DORMANT_DAYS + 1))).toMatchObject([
      {
        type: 'dormant_rule_used',
        facts: {
          last_used_at: (NOON + DORMANT_DAYS * DAY) / 1000,
          dormant_days: DORMANT_DAYS + 1,
        },
      },
    ])
    expect(await note(shard, at(2 * DORMANT_DAYS + 1))).toEqual([])
  })

  it('that arrives late neither hides a pause nor makes one', async () => {
    const shard = newShard()
    const at = (days: number) => use('rule', '', { at: NOON + days * DAY })
    expect(await note(shard, at(100), at(0), at(101))).toEqual([])
  })
})

describe('what is kept of uses', () => {
  it('is bounded for each rule, and the newest stay', async () => {
    const shard = newShard()
    const commits = Array.from({ length: MAX_USE_VALUES + 20 }, (_, index) =>
      use('workflow_commit', `${index}`, { at: NOON + index }),
    )
    await note(shard, use('rule'), ...commits)
    expect(await countRows(shard)).toEqual({ n: MAX_USE_VALUES + 1 })
    expect(await note(shard, use('workflow_commit', `${MAX_USE_VALUES + 19}`))).toEqual([])
    expect(await note(shard, use('workflow_commit', '0'))).toHaveLength(1)
  })

  it('is forgotten after a time, except the last use of a rule', async () => {
    const shard = newShard()
    await note(shard, use('rule'), use('network', 'AS1 DE'), use('workflow_commit', 'a'))
    await inside(shard, NOON, (_, { storage }) => forgetUses(storage.sql, NOON))
    expect(await countRows(shard)).toEqual({ n: 3 })
    await inside(shard, NOON, (_, { storage }) => forgetUses(storage.sql, NOON + 1))
    expect(await countRows(shard)).toEqual({ n: 1 })
  })
})
