import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createClaimReplay } from '../../../../src/worker/objects/durable-ports.ts'
import { ReplayLedger } from '../../../../src/worker/objects/replay-ledger/replay-ledger.ts'
import { ownLedger } from '../../support/own-ledger.ts'

const SINGLE = { SINGLE_LEDGER: 'true' } as const
const until = Math.floor(Date.now() / 1000) + 600
const keyOf = (start: string) => start.padEnd(64, '7')
const budgetOf = (key: string) => ({ key, until, grants: 1, onExcess: 'deny' }) as const

/** What needs no timer and no storage has run then. */
async function runMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

/** Runs a ledger as `serve` has it, on the first shard, whose rows are those before. */
function runLedger<Value>(
  variables: { readonly SINGLE_LEDGER?: string },
  run: (ledger: ReplayLedger, countRows: () => number) => Promise<Value>,
): Promise<Value> {
  return runInDurableObject(env.REPLAY_LEDGER.getByName('replay-0'), (_, state) => {
    const ledger = new ReplayLedger(state, { ...env, ...variables })
    const keys = 'SELECT key FROM marks UNION ALL SELECT key FROM budgets'
    return run(ledger, () => state.storage.sql.exec(keys).toArray().length)
  })
}

describe('a ledger that has all marks', () => {
  it('REP-01 is asked for every key', async () => {
    const { bindings, asked } = ownLedger()
    const claim = createClaimReplay({ ...bindings, ...SINGLE })
    for (const start of ['00000001', '0000003f', 'ffffffff']) {
      expect(await claim({ key: keyOf(start), until })).toBe(true)
      expect(await claim({ key: keyOf(start), until })).toBe(false)
    }
    expect([...asked]).toEqual(['replay-0'])
  })

  it('REP-01 accepts one of a hundred claims that it writes together', async () => {
    const { before, answers, after } = await runLedger(SINGLE, async (ledger, countRows) => {
      const known = countRows()
      const keys = ['a1', 'a2', ...Array.from({ length: 100 }, () => 'a3')]
      const asked = keys.map((key) => ledger.claim(keyOf(key), until))
      await runMicrotasks()
      const before = countRows() - known
      const answers = await Promise.all(asked)
      return { before, answers, after: countRows() - known }
    })
    expect(before).toBe(0)
    expect(answers).toEqual([true, true, true, ...Array.from({ length: 99 }, () => false)])
    expect(after).toBe(3)
  })

  type Call = readonly [call: string, ask: (ledger: ReplayLedger) => Promise<object>]
  const calls: readonly Call[] = [
    ['count', (ledger) => ledger.count(budgetOf(keyOf('e1')))],
    ['spend', (ledger) => ledger.spend({ key: keyOf('e2'), until }, budgetOf(keyOf('e3')))],
    ['claimProof', (ledger) => ledger.claimProof({ key: keyOf('e4'), until })],
  ]
  it.each(calls)('writes what %s asks together with other calls', async (_, ask) => {
    const written = await runLedger(SINGLE, async (ledger, countRows) => {
      const known = countRows()
      const asked = ask(ledger)
      await runMicrotasks()
      const early = countRows() - known
      await asked
      return [early, countRows() > known]
    })
    expect(written).toEqual([0, true])
  })

  it('waits for no other call in a ledger with many shards', async () => {
    const written = await runLedger({}, async (ledger, countRows) => {
      const known = countRows()
      const asked = ledger.claim(keyOf('b1'), until)
      await runMicrotasks()
      const written = countRows() - known
      await asked
      return written
    })
    expect(written).toBe(1)
  })

  it('REP-06 marks the proof and the token and counts the job, all or nothing', async () => {
    const outcomes = await runLedger(SINGLE, async (ledger) => {
      const job = budgetOf(keyOf('c9'))
      const claim = (proof: string, mark: string) =>
        ledger.claimProof({ key: keyOf(proof), until }, { key: keyOf(mark), until }, job)
      return [
        await claim('c1', 'c2'),
        await claim('c1', 'c3'),
        await claim('c4', 'c2'),
        await claim('c5', 'c6'),
        // Nothing of a refused exchange is used up.
        await ledger.claim(keyOf('c4'), until),
        await ledger.claim(keyOf('c5'), until),
        await ledger.claim(keyOf('c6'), until),
      ]
    })
    expect(outcomes).toEqual([
      { outcome: 'counted', used: 1 },
      { outcome: 'proof_used' },
      { outcome: 'token_used' },
      { outcome: 'exceeded', used: 1, isFirst: true },
      true,
      true,
      true,
    ])
  })

  it('REP-06 grants one of a hundred exchanges of a job with a budget of one', async () => {
    const outcomes = await runLedger(SINGLE, async (ledger) => {
      const job = budgetOf(keyOf('d9'))
      const asked = Array.from({ length: 100 }, (_, index) =>
        ledger.spend({ key: keyOf(`d${index.toString().padStart(3, '0')}`), until }, job),
      )
      return (await Promise.all(asked)).map(({ outcome }) => outcome)
    })
    expect(outcomes.filter((outcome) => outcome === 'counted')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'exceeded')).toHaveLength(99)
  })
})
