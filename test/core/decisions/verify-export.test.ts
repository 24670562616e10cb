/** LOG-06 what the checkpoints of an export, and those that somebody kept, prove about its chain. */
import { describe, expect, it } from 'vitest'
import { extendChain, formatBatchLine, startChain } from '../../../src/contract/decisions/chain.ts'
import type { CheckpointClaims } from '../../../src/contract/decisions/export.ts'
import { verifyExport } from '../../../src/core/decisions/verify-export.ts'
import { CHECKPOINT_TYP } from '../../../src/protocol/token.ts'

const ISS = 'https://sts.test'
const SHARD = 3

/** Batches of one record each, and the head after each. The first head is the one before them. */
function chainOf(records: readonly string[], after = 0, previous = startChain(ISS, SHARD)) {
  const heads = [previous]
  const batches = records.map((record, index) => {
    const batch = formatBatchLine({ sequence: after + index + 1, time: 1, count: 1 })
    const head = extendChain(heads.at(-1) ?? '', batch, record)
    heads.push(head)
    return [batch, record, JSON.stringify({ type: 'head', head })]
  })
  const header = { type: 'edgemint-decisions', v: 1, iss: ISS, shard: SHARD, after, previous }
  return { header: JSON.stringify(header), batches, heads }
}

const claimsOf = (
  sequence: number,
  head: string | undefined,
  more: Partial<CheckpointClaims> = {},
): CheckpointClaims => ({ iss: ISS, iat: 1, shard: SHARD, sequence, head: head ?? '', ...more })

/** The text of a checkpoint has its claims, in the place of a signature. */
const checkpoint = (claims: CheckpointClaims) =>
  JSON.stringify({ type: 'checkpoint', jwt: JSON.stringify(claims) })

async function verify(lines: readonly string[], kept: readonly CheckpointClaims[] = []) {
  const result = await verifyExport(lines, {
    verifyCheckpoint: async (jwt) => ({ typ: CHECKPOINT_TYP, claims: JSON.parse(jwt) }),
    kept,
  })
  return result.ok ? result.value : `${result.error.line}: ${result.error.message}`
}

const { header, batches, heads } = chainOf(['{"a":1}', '{"a":2}', '{"a":3}'])
const whole = [header, ...batches.flat()]

describe('a checkpoint of an export', () => {
  it('proves the batches up to its own', async () => {
    const lines = [header, ...batches.slice(0, 2).flat(), checkpoint(claimsOf(2, heads[2]))]
    expect(await verify([...lines, ...batches.slice(2).flat()])).toMatchObject({
      ...{ lastSequence: 3, provenSequence: 2, checkpoints: 1, isWhole: true },
    })
  })

  it('refuses a chain that was written again, with all of its heads', async () => {
    const again = chainOf(['{"a":1}', '{"a":0}', '{"a":3}'])
    const lines = [again.header, ...again.batches.flat(), checkpoint(claimsOf(3, heads[3]))]
    expect(await verify(lines)).toEqual(
      expect.stringMatching(/^11: differs from a checkpoint of batch 3: a record /),
    )
  })

  it.each<[string, Partial<CheckpointClaims>]>([
    ['deployment', { iss: 'https://other.test' }],
    ['shard', { shard: SHARD + 1 }],
  ])('is refused if it is of another %s', async (_, more) => {
    const lines = [...whole, checkpoint(claimsOf(3, heads[3], more))]
    expect(await verify(lines)).toBe('11: is a checkpoint of another chain')
  })
})

describe('a kept checkpoint', () => {
  it('proves the batches up to its own', async () => {
    expect(await verify(whole, [claimsOf(2, heads[2])])).toMatchObject({ provenSequence: 2 })
    expect(await verify(whole)).toMatchObject({ provenSequence: 0 })
  })

  it('refuses a chain that was written again, with all of its heads', async () => {
    const again = chainOf(['{"a":1}', '{"a":0}', '{"a":3}'])
    const lines = [again.header, ...again.batches.flat()]
    expect(await verify(lines, [claimsOf(3, heads[3])])).toEqual(
      expect.stringMatching(/^10: differs from a checkpoint/),
    )
  })

  it.each<[string, Partial<CheckpointClaims>]>([
    ['deployment', { iss: 'https://other.test' }],
    ['shard', { shard: SHARD + 1 }],
  ])('says nothing about the chain of another %s', async (_, more) => {
    const kept = [claimsOf(2, heads[1], more), claimsOf(9, heads[1], more)]
    expect(await verify(whole, kept)).toMatchObject({ provenSequence: 0, keptSequence: 0 })
  })
})

describe('an export from the middle of a chain', () => {
  it('is not whole', async () => {
    const part = chainOf(['{"a":3}'], 2, heads[2])
    expect(await verify([part.header, ...part.batches.flat()])).toMatchObject({
      ...{ firstSequence: 3, lastSequence: 3, head: heads[3], isWhole: false },
    })
  })
})
