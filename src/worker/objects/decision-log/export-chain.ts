/**
 * Reads the chain of a shard in its order, as an export has it. A damaged block does not end it: one
 * line stands for its batches.
 */
import type { MissingLine } from '../../../contract/decisions/export.ts'
import { DECISION_EXPORT_CHARACTERS } from '../../limits.ts'
import { log } from '../../log.ts'
import { decompress, exportBatch, type StoredBatch, unpackBatches } from './batches.ts'
import { type ChainRow, readChain } from './chain.ts'
import type { ChainPart } from './messages.ts'

/**
 * Returns the batches after a sequence, with the checkpoints between them; null if the shard has no
 * records. Where the chain was purged beyond that sequence, the part begins at the first batch that
 * is kept. Where a damaged block has that sequence, it begins with the block.
 */
export async function exportChain(
  sql: SqlStorage,
  after: number,
  maxCharacters: number = DECISION_EXPORT_CHARACTERS,
): Promise<ChainPart | null> {
  const chain = readChain(sql)
  if (chain === undefined) return null
  const start = Math.min(Math.max(after, chain.first_sequence - 1), chain.sequence)
  let previous = findHead(sql, chain, start)
  let lastSequence = start
  // The checkpoint of this batch may be younger than the part that ended with it.
  let text = exportCheckpoint(sql, start)
  while (lastSequence < chain.sequence && text.length < maxCharacters) {
    const { first, batches, missing } = await readNext(sql, lastSequence, maxCharacters)
    // The next batch was purged during the call.
    if (first > lastSequence + 1) break
    if (missing !== undefined) {
      if (first <= lastSequence) return exportChain(sql, first - 1, maxCharacters)
      const at = Math.floor(Date.now() / 1000)
      log({ event: 'decision_log_failed', at, shard: chain.shard, fault: 'block_damaged' })
      text += `${JSON.stringify(missing)}\n${exportCheckpoint(sql, missing.sequence)}`
      lastSequence = missing.sequence
    }
    for (const batch of batches) {
      if (batch.sequence <= lastSequence) {
        // The block began before this part.
        if (batch.sequence === start) previous = batch.head
        continue
      }
      text += exportBatch(batch) + exportCheckpoint(sql, batch.sequence)
      lastSequence = batch.sequence
    }
  }
  // Only a purge during the call removes the block in which the part would begin.
  if (previous === undefined) return exportChain(sql, after, maxCharacters)
  return { after: start, previous, text, lastSequence, hasMore: lastSequence < chain.sequence }
}

type Next = {
  /** The first sequence; infinite if there is none. */
  readonly first: number
  readonly batches: readonly StoredBatch[]
  /** In place of the batches of a damaged block. */
  readonly missing?: MissingLine
}

type BlockRow = {
  readonly first: number
  readonly last: number
  readonly count: number
  readonly head: string
  readonly content: ArrayBuffer
}

/** Returns the block or the batches that have the batch after a sequence. */
async function readNext(sql: SqlStorage, sequence: number, maxBytes: number): Promise<Next> {
  const block = sql
    .exec<BlockRow>(
      `SELECT first_sequence AS first, last_sequence AS last, count, head, content
       FROM blocks WHERE last_sequence > ? ORDER BY last_sequence LIMIT 1`,
      sequence,
    )
    .toArray()[0]
  if (block === undefined) {
    const batches = readBatches(sql, sequence, maxBytes)
    return { first: batches[0]?.sequence ?? Number.POSITIVE_INFINITY, batches }
  }
  const { first, last, count, head, content } = block
  // A content that decompresses is whole: gzip has a checksum.
  const text = await decompress(content).catch(() => undefined)
  if (text !== undefined) return { first, batches: unpackBatches(text) }
  return { first, batches: [], missing: { type: 'missing', sequence: last, count, head } }
}

function readBatches(sql: SqlStorage, sequence: number, maxBytes: number): readonly StoredBatch[] {
  // Every cursor is read to its end. An open one would keep the write-ahead log from being reused.
  const sizes = sql
    .exec<{ sequence: number; bytes: number }>(
      `SELECT sequence, octet_length(lines) AS bytes
       FROM batches WHERE sequence > ? ORDER BY sequence`,
      sequence,
    )
    .toArray()
  let bytes = 0
  const last = sizes.find((size) => {
    bytes += size.bytes
    return bytes >= maxBytes
  })
  return sql
    .exec<StoredBatch>(
      `SELECT sequence, time, count, head, lines
       FROM batches WHERE sequence > ? AND sequence <= ? ORDER BY sequence`,
      sequence,
      (last ?? sizes.at(-1))?.sequence ?? sequence,
    )
    .toArray()
}

/** Returns undefined if the batch is inside a block. */
function findHead(sql: SqlStorage, chain: ChainRow, sequence: number): string | undefined {
  if (sequence === chain.first_sequence - 1) return chain.first_previous
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
