/**
 * Reads the lines of an export after its header: batches with their records and heads, gaps, and
 * checkpoints. Where they lead in the chain is up to `chain-position.ts`.
 */
import { extendChain, formatBatchLine } from '../../contract/decisions/chain.ts'
import {
  batchLineSchema,
  checkpointLineSchema,
  type ExportHeader,
  exportHeaderSchema,
  headLineSchema,
  missingLineSchema,
} from '../../contract/decisions/export.ts'
import type { ChainPosition } from './chain-position.ts'
import { parseLine, readCheckpoint, readLine, type VerifyCheckpoint } from './export-line.ts'

/** Batches that the gateway could not read when it exported them. */
type MissingBatches = {
  readonly line: number
  readonly firstSequence: number
  readonly lastSequence: number
  readonly records: number
  /** The last sequence before them that a checkpoint covers: those after them prove nothing there. */
  readonly provenSequence: number
}

/** What the lines of a chain show, if nothing is wrong with them. */
export type ReadChain = {
  readonly shard: number
  readonly issuer: string
  readonly firstSequence: number
  readonly lastSequence: number
  readonly head: string
  readonly records: number
  readonly missing: readonly MissingBatches[]
  readonly checkpoints: number
  /** The last sequence that a checkpoint covers, back to the last missing batch; 0 if none does. */
  readonly provenSequence: number
  /** True if the export begins at the first batch of its chain. */
  readonly isWhole: boolean
  /** The head before the first batch. */
  readonly previous: string
  /** The last sequence of this chain that a kept checkpoint covers, also beyond the end; 0 if none does. */
  readonly keptSequence: number
}

/** A batch whose records are being read. */
type OpenBatch = {
  readonly line: string
  readonly number: number
  readonly count: number
  readonly records: string[]
}

export type ChainReader = {
  /** Returns what is wrong with a line; undefined if nothing is. */
  readonly read: (line: string, number: number) => Promise<string | undefined>
  /** Returns the result, or what is missing at the end. */
  readonly end: () => ReadChain | string
}

export function createChainReader(
  header: ExportHeader,
  position: ChainPosition,
  verifyCheckpoint: VerifyCheckpoint,
): ChainReader {
  let records = 0
  let checkpoints = 0
  const missing: MissingBatches[] = []
  let open: OpenBatch | undefined

  function readBatchLine(line: string, number: number): string | undefined {
    const batch = batchLineSchema.safeParse(parseLine(line))
    if (!batch.success) {
      return readLine(exportHeaderSchema, line) === undefined
        ? 'is neither a batch nor a checkpoint'
        : 'is the header of another export: give each export as a file of its own'
    }
    const { sequence: next, count } = batch.data
    const expected = position.sequence() + 1
    if (next !== expected) return `has batch ${next} where batch ${expected} is expected`
    // The line itself is hashed, so it must be written in the one way that the format defines.
    if (formatBatchLine(batch.data) !== line) return 'is a batch line in another form'
    open = { line, number, count, records: [] }
    return undefined
  }

  /** After the records of a batch, a line has the head of the chain. */
  function readHeadLine(batch: OpenBatch, line: string): string | undefined {
    open = undefined
    const sequence = position.sequence() + 1
    const written = readLine(headLineSchema, line)
    if (written === undefined) return `is not the head of batch ${sequence}`
    records += batch.count
    const head = extendChain(position.head(), batch.line, batch.records.join('\n'))
    if (written.head !== head) {
      return `does not match batch ${sequence}, which is in the lines from ${batch.number}`
    }
    return position.moveTo(sequence, head)
  }

  /** The chain goes on with the head that the gateway stored for the missing batches. */
  function readMissingLine(line: string, number: number): string | undefined {
    const gap = readLine(missingLineSchema, line)
    const sequence = position.sequence()
    if (gap === undefined || gap.sequence <= sequence) return 'does not name the missing batches'
    missing.push({
      line: number,
      firstSequence: sequence + 1,
      lastSequence: gap.sequence,
      records: gap.count,
      provenSequence: position.provenSequence(),
    })
    return position.moveTo(gap.sequence, gap.head)
  }

  async function readCheckpointLine(jwt: string): Promise<string | undefined> {
    const claims = await readCheckpoint(jwt, verifyCheckpoint)
    if (claims === undefined) return 'is a checkpoint that no key of the gateway verifies'
    checkpoints += 1
    return position.prove(claims)
  }

  return {
    async read(line, number) {
      if (open !== undefined && open.records.length < open.count) {
        open.records.push(line)
        return undefined
      }
      if (open !== undefined) return readHeadLine(open, line)
      const checkpoint = readLine(checkpointLineSchema, line)
      if (checkpoint !== undefined) return readCheckpointLine(checkpoint.jwt)
      if (line.startsWith('{"type":"missing"')) return readMissingLine(line, number)
      return readBatchLine(line, number)
    },
    end() {
      const lastSequence = position.sequence()
      if (open !== undefined) return `is missing: batch ${lastSequence + 1} is incomplete`
      return {
        shard: header.shard,
        issuer: header.iss,
        firstSequence: header.after + 1,
        lastSequence,
        head: position.head(),
        records,
        missing,
        checkpoints,
        provenSequence: position.provenSequence(),
        isWhole: header.after === 0,
        previous: header.previous,
        keptSequence: position.keptSequence(),
      }
    },
  }
}
