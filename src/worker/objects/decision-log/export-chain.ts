/** Reads the chain of a shard in its order, as an export has it. */
import { DECISION_EXPORT_CHARACTERS } from '../../limits.ts'
import { decompress, exportBatch, type StoredBatch, unpackBatches } from './batches.ts'
import type { ChainRow } from './chain.ts'
import type { ChainPart } from './messages.ts'

/**
 * Returns the batches after a sequence, with the checkpoints between them. Where the chain was purged
 * beyond that sequence, the part begins at the first batch that is kept.
 */
export async function exportChain(
  sql: SqlStorage,
  chain: ChainRow,
  after: number,
  maxCharacters: number = DECISION_EXPORT_CHARACTERS,
): Promise<ChainPart> {
  const start = Math.max(after, chain.first_sequence - 1)
  let previous = start === chain.first_sequence - 1 ? chain.first_previous : undefined
  let lastSequence = start
  let text = ''
  while (lastSequence < chain.sequence && text.length < maxCharacters) {
    const batches = await readNext(sql, lastSequence, maxCharacters)
    if (batches.length === 0) break
    for (const batch of batches) {
      if (batch.sequence <= lastSequence) {
        // The block began before this part.
        if (batch.sequence === lastSequence) previous = batch.head
        continue
      }
      text += exportBatch(batch) + exportCheckpoint(sql, batch.sequence)
      lastSequence = batch.sequence
    }
  }
  return {
    after: start,
    previous: previous ?? readHead(sql, start) ?? chain.first_previous,
    text,
    lastSequence,
    hasMore: lastSequence < chain.sequence,
  }
}

/** Returns the block or the batches that have the batch after a sequence. */
async function readNext(
  sql: SqlStorage,
  sequence: number,
  maxCharacters: number,
): Promise<readonly StoredBatch[]> {
  const block = sql
    .exec<{ content: ArrayBuffer }>(
      'SELECT content FROM blocks WHERE last_sequence > ? ORDER BY last_sequence LIMIT 1',
      sequence,
    )
    .toArray()[0]
  if (block !== undefined) return unpackBatches(await decompress(block.content))
  const batches: StoredBatch[] = []
  let characters = 0
  const rows = sql.exec<StoredBatch>(
    'SELECT sequence, time, count, head, lines FROM batches WHERE sequence > ? ORDER BY sequence',
    sequence,
  )
  for (const row of rows) {
    batches.push(row)
    characters += row.lines.length
    if (characters >= maxCharacters) break
  }
  return batches
}

function readHead(sql: SqlStorage, sequence: number): string | undefined {
  return sql
    .exec<{ head: string }>(
      `SELECT head FROM batches WHERE sequence = ?1
       UNION ALL SELECT head FROM blocks WHERE last_sequence = ?1`,
      sequence,
    )
    .toArray()[0]?.head
}

function exportCheckpoint(sql: SqlStorage, sequence: number): string {
  const row = sql
    .exec<{ jwt: string }>('SELECT jwt FROM checkpoints WHERE sequence = ?', sequence)
    .toArray()[0]
  return row === undefined ? '' : `${JSON.stringify({ type: 'checkpoint', jwt: row.jwt })}\n`
}
