import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  createClaimProof,
  createClaimReplay,
  createSpendBudget,
} from '../../../../src/worker/objects/durable-ports.ts'
import { nameReplayShard } from '../../../../src/worker/objects/replay-ledger/shards.ts'
import { describeProofs } from '../../../contracts/proofs.ts'

describeProofs('proofs in the ledger', () => ({
  claimProof: createClaimProof(env),
  claimReplay: createClaimReplay(env),
  spendBudget: createSpendBudget(env),
}))

const until = Math.floor(Date.now() / 1000) + 600
const keyOf = (start: string) => start.padEnd(64, '9')
const shardOf = (key: string) => env.REPLAY_LEDGER.getByName(nameReplayShard(key, {}))

describe('the mark of a proof', () => {
  it('DP-09 DPOP-02 is taken back if the shard of the subject token fails', async () => {
    const [proof, mark] = [keyOf('00000003'), keyOf('00000004')]
    await runInDurableObject(shardOf(mark), (_, { storage }) => {
      storage.sql.exec(
        "CREATE TRIGGER full BEFORE INSERT ON marks BEGIN SELECT RAISE(ABORT, 'full'); END",
      )
    })
    const use = { proof: { key: proof, until }, mark: { key: mark, until } }
    const claimProof = createClaimProof(env)
    await expect(claimProof(use)).rejects.toMatchObject({ part: 'replay_ledger' })
    await runInDurableObject(shardOf(mark), (_, { storage }) => {
      storage.sql.exec('DROP TRIGGER full')
    })
    expect(await claimProof(use)).toEqual({ outcome: 'marked' })
  })

  it('is stored with its end, as the mark of a token is', async () => {
    const proof = { key: keyOf('00000005'), until }
    await createClaimProof(env)({ proof })
    const rows = await runInDurableObject(shardOf(proof.key), (_, { storage }) =>
      storage.sql.exec('SELECT until FROM marks WHERE key = ?', proof.key).toArray(),
    )
    expect(rows).toEqual([{ until }])
  })
})
