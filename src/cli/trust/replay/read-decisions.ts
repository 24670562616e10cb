/** Reads all decisions of a period, shard by shard. A shard that does not answer ends the command. */
import { MAX_PAGE_RECORDS } from '../../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { type Question, readShard, type ShardPage } from '../../decisions/decisions-api.ts'
import type { AdminAccess } from '../admin-api.ts'

/** Epoch seconds: from inclusive, to exclusive. */
export type Period = { readonly from: number; readonly to: number }

/** Shards that are read at the same time, so that the gateway reads while this program evaluates. */
const READERS = 4

export async function readDecisions(
  access: AdminAccess,
  { from, to }: Period,
  add: (record: DecisionRecord) => void,
): Promise<void> {
  let shards = 1
  let next = 1
  async function readNext(): Promise<void> {
    while (next < shards) {
      const shard = next
      next += 1
      await readWhole(shard)
    }
  }
  function ask(question: Question): Promise<ShardPage> {
    const page = readShard(access, question)
    // It is awaited later. A failure before that is no unhandled one.
    page.catch(() => undefined)
    return page
  }

  async function readWhole(shard: number): Promise<void> {
    const question: Question = [
      ['from', String(from)],
      ['to', String(to)],
      ['shard', String(shard)],
      ['limit', String(MAX_PAGE_RECORDS)],
    ]
    let asked: Promise<ShardPage> | undefined = ask(question)
    while (asked !== undefined) {
      const page: ShardPage = await asked
      shards = page.shards
      // The gateway reads the next page while this one is evaluated.
      asked = page.next === undefined ? undefined : ask([...question, ['cursor', page.next]])
      for (const record of page.decisions) add(record)
    }
  }
  // The first answer says how many shards there are.
  await readWhole(0)
  await Promise.all(Array.from({ length: READERS }, readNext))
}
