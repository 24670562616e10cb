/** Reads all decisions of a period, shard by shard. A shard that does not answer ends the reading. */
import { MAX_PAGE_RECORDS } from '../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../contract/decisions/record.ts'

/** The parameters of `GET /admin/v1/decisions`. */
export type Question = readonly (readonly [name: string, value: string])[]

export type ShardPage = {
  readonly decisions: readonly DecisionRecord[]
  /** The cursor of the next page. */
  readonly next: string | undefined
  /** How many shards the deployment has. */
  readonly shards: number
}

/** Reads one page of one shard. Rejects if there is no answer that can be used. */
export type ReadShard = (question: Question) => Promise<ShardPage>

/** Epoch seconds: from inclusive, to exclusive. */
export type Period = { readonly from: number; readonly to: number }

/** Shards that are read at the same time, so that the gateway reads while this program evaluates. */
const READERS = 4

export async function readDecisions(
  readShard: ReadShard,
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
    const page = readShard(question)
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
