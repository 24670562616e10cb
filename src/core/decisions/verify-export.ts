/**
 * Verifies an export of the decision log without the gateway: the chain of its batches, and its
 * checkpoints by the public keys of the gateway. It names the line of the first fault.
 */
import type * as z from 'zod/mini'
import { extendChain, formatBatchLine, startChain } from '../../contract/decisions/chain.ts'
import {
  batchLineSchema,
  type CheckpointClaims,
  checkpointClaimsSchema,
  checkpointLineSchema,
  EXPORT_VERSION,
  type ExportHeader,
  exportHeaderSchema,
  headLineSchema,
  missingLineSchema,
} from '../../contract/decisions/export.ts'
import { CHECKPOINT_TYP } from '../../protocol/token.ts'
import { fail, ok, type Result } from '../../web/result.ts'

/** What is wrong, and in which line, counted from 1. The line after the last one is its end. */
export type ExportFault = { readonly line: number; readonly message: string }

/** Batches that the gateway could not read when it exported them. */
type MissingBatches = {
  readonly line: number
  readonly firstSequence: number
  readonly lastSequence: number
  readonly records: number
  /** The last sequence before them that a checkpoint covers: those after them prove nothing there. */
  readonly provenSequence: number
}

export type VerifiedExport = {
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
  /** The line after the last one. */
  readonly endLine: number
}

/**
 * Verifies the signature of a checkpoint. Returns its header `typ` and its claims; undefined if no
 * key of the gateway verifies it.
 */
export type VerifyCheckpoint = (
  jwt: string,
) => Promise<{ readonly typ: unknown; readonly claims: unknown } | undefined>

export type ExportOptions = {
  readonly verifyCheckpoint: VerifyCheckpoint
  /** Checkpoints that somebody kept elsewhere. */
  readonly kept?: readonly CheckpointClaims[]
  /** The issuer URL that the export must have. */
  readonly issuer?: string
}

/** Verifies the lines of one export, in their order. */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  options: ExportOptions,
): Promise<Result<VerifiedExport, ExportFault>> {
  const reader = createReader(options)
  let number = 0
  for await (const line of lines) {
    number += 1
    const message = await reader.read(line, number)
    if (message !== undefined) return fail({ line: number, message })
  }
  const ended = reader.end()
  const endLine = number + 1
  return typeof ended === 'string'
    ? fail({ line: endLine, message: ended })
    : ok({ ...ended, endLine })
}

/** A batch whose records are being read. */
type OpenBatch = {
  readonly line: string
  readonly number: number
  readonly count: number
  readonly records: string[]
}

type Reader = {
  /** Returns what is wrong with a line; undefined if nothing is. */
  readonly read: (line: string, number: number) => Promise<string | undefined>
  /** Returns the result, or what is missing at the end. */
  readonly end: () => Omit<VerifiedExport, 'endLine'> | string
}

function createReader({ verifyCheckpoint, kept = [], issuer }: ExportOptions): Reader {
  let header: ExportHeader | undefined
  let own: readonly CheckpointClaims[] = []
  let head = ''
  let sequence = 0
  let records = 0
  let checkpoints = 0
  let proven = 0
  const missing: MissingBatches[] = []
  let open: OpenBatch | undefined

  function readHeader(line: string): string | undefined {
    const parsed = readLine(exportHeaderSchema, line)
    if (parsed === undefined) return `is not the header of an export of version ${EXPORT_VERSION}`
    const { iss, shard, after, previous } = parsed
    if (issuer !== undefined && iss !== issuer) return 'is an export of another deployment'
    if (after === 0 && previous !== startChain(iss, shard)) {
      return 'does not begin with the head of an empty chain'
    }
    header = parsed
    head = previous
    sequence = after
    own = kept.filter((claims) => claims.iss === iss && claims.shard === shard)
    return compareKept()
  }

  /** Compares the head with the checkpoints that somebody kept. */
  function compareKept(): string | undefined {
    const here = own.filter((claims) => claims.sequence === sequence)
    if (here.length > 0) proven = sequence
    return here.every((claims) => claims.head === head) ? undefined : describeChange(sequence)
  }

  function readBatchLine(line: string, number: number): string | undefined {
    const batch = batchLineSchema.safeParse(parseLine(line))
    if (!batch.success) {
      return readLine(exportHeaderSchema, line) === undefined
        ? 'is neither a batch nor a checkpoint'
        : 'is the header of another export: give each export as a file of its own'
    }
    const { sequence: next, count } = batch.data
    if (next !== sequence + 1) return `has batch ${next} where batch ${sequence + 1} is expected`
    // The line itself is hashed, so it must be written in the one way that the format defines.
    if (formatBatchLine(batch.data) !== line) return 'is a batch line in another form'
    open = { line, number, count, records: [] }
    return undefined
  }

  /** After the records of a batch, a line has the head of the chain. */
  function readHeadLine(batch: OpenBatch, line: string): string | undefined {
    open = undefined
    const written = readLine(headLineSchema, line)
    if (written === undefined) return `is not the head of batch ${sequence + 1}`
    sequence += 1
    records += batch.count
    head = extendChain(head, batch.line, batch.records.join('\n'))
    if (written.head !== head) {
      return `does not match batch ${sequence}, which is in the lines from ${batch.number}`
    }
    return compareKept()
  }

  /** The chain goes on with the head that the gateway stored for the missing batches. */
  function readMissingLine(line: string, number: number): string | undefined {
    const gap = readLine(missingLineSchema, line)
    if (gap === undefined || gap.sequence <= sequence) return 'does not name the missing batches'
    missing.push({
      line: number,
      firstSequence: sequence + 1,
      lastSequence: gap.sequence,
      records: gap.count,
      provenSequence: proven,
    })
    sequence = gap.sequence
    head = gap.head
    return compareKept()
  }

  async function readCheckpointLine(jwt: string): Promise<string | undefined> {
    const claims = await readCheckpoint(jwt, verifyCheckpoint)
    if (claims === undefined) return 'is a checkpoint that no key of the gateway verifies'
    if (claims.iss !== header?.iss || claims.shard !== header.shard) {
      return 'is a checkpoint of another chain'
    }
    if (claims.sequence !== sequence) {
      return `is a checkpoint of batch ${claims.sequence}, but follows batch ${sequence}`
    }
    if (claims.head !== head) return describeChange(sequence)
    checkpoints += 1
    proven = sequence
    return undefined
  }

  return {
    async read(line, number) {
      if (header === undefined) return readHeader(line)
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
      if (header === undefined) return 'is missing: the file is empty'
      if (open !== undefined) return `is missing: batch ${sequence + 1} is incomplete`
      return {
        shard: header.shard,
        issuer: header.iss,
        firstSequence: header.after + 1,
        lastSequence: sequence,
        head,
        records,
        missing,
        checkpoints,
        provenSequence: proven,
        isWhole: header.after === 0,
        previous: header.previous,
        keptSequence: Math.max(0, ...own.map((claims) => claims.sequence)),
      }
    },
  }
}

function describeChange(sequence: number): string {
  return `differs from a checkpoint of batch ${sequence}: a record in this batch or before it was changed`
}

/** Returns the claims of a checkpoint. Undefined for another JWT, and if no key verifies it. */
export async function readCheckpoint(
  jwt: string,
  verifyCheckpoint: VerifyCheckpoint,
): Promise<CheckpointClaims | undefined> {
  const verified = await verifyCheckpoint(jwt)
  if (verified?.typ !== CHECKPOINT_TYP) return undefined
  const claims = checkpointClaimsSchema.safeParse(verified.claims)
  return claims.success ? claims.data : undefined
}

/**
 * Reads a line that is not hashed. It must be written in the one way that the format defines: otherwise
 * a change of such a line would not be seen.
 */
function readLine<T>(schema: z.ZodMiniType<T>, line: string): T | undefined {
  const parsed = schema.safeParse(parseLine(line))
  return parsed.success && JSON.stringify(parsed.data) === line ? parsed.data : undefined
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
