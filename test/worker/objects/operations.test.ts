/** Counts the billed operations of the objects, which docs/cost.md multiplies with prices. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import MEASURED from '../../../scripts/cost/operations.json'
import { DECISION_BATCH_RECORDS } from '../../../src/core/decisions/limits.ts'
import { DECISION_BLOCK_RECORDS } from '../../../src/worker/limits.ts'
import type { DecisionLog } from '../../../src/worker/objects/decision-log/decision-log.ts'
import type { ReplayLedger } from '../../../src/worker/objects/replay-ledger/replay-ledger.ts'
import { createRecorder } from '../support/decisions.ts'
import { applyTrust, deployment, exchangeForm } from '../support/gateway.ts'
import { quickIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'
import { batch, NOON, newShard, record } from './decision-log/shard.ts'

const LATER = NOON + 2 * 3_600_000

type Rows = { written: number; read: number }

/**
 * Replaces the storage of an object by one that counts. A cursor knows its rows when it has been read
 * to its end.
 */
function countRows(target: object, state: DurableObjectState): () => Rows {
  const { storage } = state
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
  let alarms = 0
  const sql = {
    exec: (query: string, ...bindings: unknown[]) => {
      const cursor = storage.sql.exec(query, ...bindings)
      cursors.push(cursor)
      return cursor
    },
  }
  const counting = {
    sql,
    transactionSync: <T>(run: () => T): T => storage.transactionSync(run),
    getAlarm: () => storage.getAlarm(),
    setAlarm: async (at: number) => {
      alarms += 1
      await storage.setAlarm(at)
    },
  }
  Object.defineProperty(target, 'ctx', { value: { storage: counting } })
  return () => {
    const rows = {
      // The platform bills an alarm as a row.
      written: cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, alarms),
      read: cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0),
    }
    cursors.length = 0
    alarms = 0
    return rows
  }
}

const records = (count: number, at: number) =>
  Array.from({ length: count }, (_, index) =>
    record(at, {
      rule: `deploy-${index % 10}`,
      resource: 'https://api.test',
      subject: `repo:acme/api-${index % 20}`,
      scopes: ['deploy:write'],
      duration_milliseconds: 0,
    }),
  )

describe('the operations of docs/cost.md', () => {
  it('are those of the decision log', async () => {
    const measured = await runInDurableObject(newShard(), async (log: DecisionLog, state) => {
      log.now = () => NOON
      const take = countRows(log, state)
      // The first append of a shard also creates its chain and its alarm, which tells the first shard.
      await log.append(batch(records(1, NOON)))
      await log.alarm()
      take()
      await log.append(batch(records(1, NOON)))
      const appendOne = take()
      await log.append(batch(records(DECISION_BATCH_RECORDS, NOON)))
      const appendFull = take()
      const rest = DECISION_BLOCK_RECORDS - 2 - DECISION_BATCH_RECORDS
      for (let left = rest; left > 0; left -= DECISION_BATCH_RECORDS) {
        await log.append(batch(records(Math.min(left, DECISION_BATCH_RECORDS), NOON)))
      }
      take()
      log.now = () => LATER
      await log.alarm()
      const block = take()
      await state.storage.deleteAlarm()
      return { appendOne, appendFull, block }
    })
    const small = await runInDurableObject(newShard(), async (log: DecisionLog, state) => {
      log.now = () => NOON
      const take = countRows(log, state)
      await log.append(batch(records(1, NOON)))
      await log.alarm()
      for (let count = 1; count < DECISION_BLOCK_RECORDS; count += 1) {
        await log.append(batch(records(1, NOON)))
      }
      take()
      log.now = () => LATER
      await log.alarm()
      const block = take()
      await state.storage.deleteAlarm()
      return block
    })
    expect({ ...measured, blockOfSmallBatches: small }).toEqual(MEASURED.decisionLog)
  })

  it('are those of the replay ledger', async () => {
    const ledger = env.REPLAY_LEDGER.getByName(crypto.randomUUID())
    const measured = await runInDurableObject(ledger, async (object: ReplayLedger, state) => {
      const until = Math.floor(Date.now() / 1000) + 300
      const take = countRows(object, state)
      await object.claim('a'.repeat(64), until)
      take()
      await object.claim('b'.repeat(64), until)
      const claim = take()
      object.now = () => until + 3600
      await object.alarm()
      const { written } = take()
      await state.storage.deleteAlarm()
      // Two marks, and the next alarm if there is one.
      return { claim, purgeOfTwo: written }
    })
    expect(measured).toEqual(MEASURED.replayLedger)
  })

  it.each([
    ['reuse', 'logged', MEASURED.calls.reuse],
    ['once', 'logged', MEASURED.calls.once],
    ['once', 'strict', MEASURED.calls.strict],
  ] as const)(
    'are the calls of an exchange with replay: %s and audit: %s',
    async (replay, audit, calls) => {
      const issuer = await quickIssuer()
      const document = trustFor(issuer.url)
      const [rule] = document.rules
      await applyTrust({
        ...document,
        resources: {
          [API]: { ...document.resources[API], ...(audit === 'strict' ? { audit } : {}) },
        },
        rules: [{ ...rule, grant: { ...rule?.grant, replay } }],
      })
      const counted: Record<string, number> = {}
      const bindings = countCalls(counted)
      const send = createRecorder(bindings)
      const exchange = async () => {
        const body = new URLSearchParams(exchangeForm(await issuer.mint()))
        expect((await send('/token', { method: 'POST', body })).status).toBe(200)
      }
      // The first exchange of an isolate loads the trust document and the revocations.
      await exchange()
      for (const name of Object.keys(counted)) delete counted[name]
      await exchange()
      expect(counted).toEqual(calls)
    },
  )
})

/** The bindings of the current gateway, which count the calls of objects and the reads of KV. */
function countCalls(counted: Record<string, number>): Readonly<Record<string, unknown>> {
  const add = (name: string) => {
    counted[name] = (counted[name] ?? 0) + 1
  }
  const watch = (binding: string, target: object): object =>
    new Proxy(target, {
      get: (own, name) => {
        const value = Reflect.get(own, name) as unknown
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          const call = value as (...given: unknown[]) => unknown
          if (name === 'getByName') return watch(binding, Reflect.apply(call, own, args) as object)
          add(`${binding}.${String(name)}`)
          // A method of a stub has no `apply`: that would be a call of the object too.
          return Reflect.apply(call, own, args)
        }
      },
    })
  const names = ['TRUST_STORE', 'REPLAY_LEDGER', 'REVOCATION_LOG', 'DECISION_LOG', 'REVOCATIONS']
  const own = deployment() as unknown as Readonly<Record<string, object>>
  return Object.fromEntries(names.map((name) => [name, watch(name, own[name] ?? {})]))
}
