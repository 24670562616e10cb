import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { DECISION_COUNT_SHARDS, MAX_COUNT_ROWS } from '../../../../src/core/limits.ts'
import {
  type IssuerCount,
  sumCounts,
} from '../../../../src/worker/objects/decision-counts/counts.ts'
import type { DecisionCounts } from '../../../../src/worker/objects/decision-counts/decision-counts.ts'
import { createReadCounts, createSendCounts } from '../../../../src/worker/objects/durable-ports.ts'
import { deployment } from '../../support/gateway.ts'

const AT = 1_800_000_000
const one = { granted: 1, denied: 0 }

type Shard = DurableObjectStub<DecisionCounts>

function newShard(): Shard {
  const namespace = env.DECISION_COUNTS
  if (namespace === undefined) throw new Error('no binding')
  return namespace.getByName(crypto.randomUUID())
}

const moveTo = (shard: Shard, seconds: number) =>
  runInDurableObject(shard, (instance: DecisionCounts) => {
    instance.now = () => seconds
  })

describe('a shard of the decision counts', () => {
  it('adds what isolates send, and keeps it through eviction', async () => {
    const shard = newShard()
    await moveTo(shard, AT)
    await shard.add({ decisions: { ci: { granted: 2, denied: 1 } }, refused: { 'https://i': 5 } })
    await moveTo(shard, AT + 60)
    await shard.add({ decisions: { ci: { granted: 1, denied: 4 } }, refused: { 'https://i': 1 } })
    await evictDurableObject(shard)
    expect(await shard.read()).toEqual({
      decisions: [{ issuer: 'ci', granted: 3, denied: 5, since: AT }],
      refused: { 'https://i': 6 },
    })
  })

  it('keeps a bounded number of issuers, those that were counted last', async () => {
    const shard = newShard()
    const batch = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`i${from + index}`, one]))
    await moveTo(shard, AT)
    await shard.add({ decisions: batch(0, MAX_COUNT_ROWS), refused: {} })
    await moveTo(shard, AT + 60)
    await shard.add({ decisions: { i0: one, ...batch(MAX_COUNT_ROWS, 2) }, refused: {} })
    const { decisions } = await shard.read()
    expect(decisions).toHaveLength(MAX_COUNT_ROWS)
    const kept = new Set(decisions.map(({ issuer }) => issuer))
    const checked = ['i0', 'i1', 'i10', 'i2', `i${MAX_COUNT_ROWS + 1}`]
    expect(checked.filter((name) => kept.has(name))).toEqual(['i0', 'i2', `i${MAX_COUNT_ROWS + 1}`])
  })
})

describe('the counts of all shards', () => {
  it('are added, from the first count of any shard', () => {
    const first = {
      decisions: [{ issuer: 'ci', granted: 1, denied: 2, since: AT - 5 }],
      refused: {},
    }
    const second = {
      decisions: [
        { issuer: 'ci', granted: 10, denied: 20, since: AT },
        { issuer: '__proto__', granted: 1, denied: 0, since: AT },
      ],
      refused: { 'https://i': 3 },
    }
    expect(sumCounts([first, second])).toEqual({
      decisions: [
        { issuer: 'ci', granted: 11, denied: 22, since: AT - 5 },
        { issuer: '__proto__', granted: 1, denied: 0, since: AT },
      ],
      refused: { 'https://i': 3 },
    })
  })

  it('come from isolates that each keep to one shard', async () => {
    const bindings = deployment()
    const issuer = crypto.randomUUID()
    const ofIssuer = (counts?: readonly IssuerCount[]) =>
      counts?.find((count) => count.issuer === issuer)?.granted ?? 0
    for (let isolate = 0; isolate < 30; isolate += 1) {
      const send = createSendCounts(bindings)
      await send?.({ decisions: { [issuer]: one }, refused: {} })
      await send?.({ decisions: { [issuer]: one }, refused: {} })
    }
    const { decisions, state } = await createReadCounts(bindings)()
    expect([state, ofIssuer(decisions)]).toEqual(['on', 60])
    const shards = Array.from({ length: DECISION_COUNT_SHARDS }, (_, shard) =>
      bindings.DECISION_COUNTS?.getByName(`decisions-${shard}`).read(),
    )
    const counted = (await Promise.all(shards)).map((total) => ofIssuer(total?.decisions))
    expect(counted.filter((granted) => granted % 2 === 1)).toEqual([])
    expect(counted.filter((granted) => granted > 0).length).toBeGreaterThan(1)
  })
})
