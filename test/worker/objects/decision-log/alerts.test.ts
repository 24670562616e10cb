import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { homeOf } from '../../../../src/worker/objects/rule-uses/report-uses.ts'
import type { RuleUse } from '../../../../src/worker/objects/rule-uses/rule-use.ts'
import { batch, endAlarm, inside, NOON, newShard, record } from './shard.ts'

const SHARDS = 8
const namespace = env.DECISION_LOG
if (namespace === undefined) throw new Error('no binding')

const shards = [newShard(), newShard()]
afterEach(async () => {
  vi.restoreAllMocks()
  for (const shard of shards) await endAlarm(shard)
})

const alertsIn = (lines: readonly string[]) =>
  lines
    .map((line) => JSON.parse(line) as { event: string })
    .filter(({ event }) => event === 'alert')

describe('the uses in batches of several shards', () => {
  it('REP-07 are compared in one place, so that each new network is one alert', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
    const rule = crypto.randomUUID()
    const use = (value: string): RuleUse => ({
      kind: 'network',
      rule,
      resource: 'https://api.test',
      value,
      at: NOON,
      decisionId: 'dec_one',
    })
    const send = async (value: string) => {
      for (const shard of shards) {
        await inside(shard, NOON, (log) =>
          log.append({ ...batch([record(NOON)]), uses: [use(value)] }),
        )
      }
    }
    await send('AS1 DE')
    await send('AS2 FR')
    await vi.waitFor(() => expect(alertsIn(lines)).toHaveLength(1), { timeout: 30_000 })
    expect(alertsIn(lines)).toMatchObject([
      { type: 'new_network', rule, decisionId: 'dec_one', facts: { network: 'AS2 FR' } },
    ])
    await send('AS3 US')
    await vi.waitFor(() => expect(alertsIn(lines)).toHaveLength(2), { timeout: 30_000 })
    const home = namespace.getByName(`decisions-${homeOf(use(''), SHARDS)}`)
    const rows = await inside(home, NOON, (_, { storage }) =>
      storage.sql
        .exec<{ value: string }>('SELECT value FROM rule_uses WHERE rule = ?', rule)
        .toArray(),
    )
    expect(rows.map(({ value }) => value)).toEqual(['AS1 DE', 'AS2 FR', 'AS3 US'])
  })

  it('do not make an append fail, and are reported again with the next batch', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
    const [shard = newShard()] = shards
    const use: RuleUse = {
      kind: 'rule',
      rule: crypto.randomUUID(),
      resource: 'https://api.test',
      value: '',
      at: NOON,
      decisionId: 'dec_one',
    }
    const home = namespace.getByName(`decisions-${homeOf(use, SHARDS)}`)
    const run = (statement: string) =>
      inside(home, NOON, (_, { storage }) => storage.sql.exec(statement).toArray().length)
    const append = () =>
      inside(shard, NOON, (log) => log.append({ ...batch([record(NOON)]), uses: [use] }))
    await run(
      `CREATE TRIGGER full BEFORE INSERT ON rule_uses BEGIN SELECT RAISE(ABORT, 'full'); END`,
    )
    const { sequence } = await append()
    await run('DROP TRIGGER full')
    const noted = `SELECT 1 FROM rule_uses WHERE rule = '${use.rule}'`
    expect(await run(noted)).toBe(0)
    expect((await append()).sequence).toBe(sequence + 1)
    await vi.waitFor(async () => expect(await run(noted)).toBe(1), { timeout: 30_000 })
  })
})
