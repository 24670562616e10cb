/**
 * Verifies an export of the decision log without the gateway: the chain of its batches, and its
 * checkpoints by the public keys of the gateway. It names the line of the first fault.
 */
import { startChain } from '../../contract/decisions/chain.ts'
import {
  type CheckpointClaims,
  EXPORT_VERSION,
  type ExportHeader,
  exportHeaderSchema,
} from '../../contract/decisions/export.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { createChainPosition } from './chain-position.ts'
import { readLine, type VerifyCheckpoint } from './export-line.ts'
import { type ChainReader, createChainReader, type ReadChain } from './read-chain.ts'

/** What is wrong, and in which line, counted from 1. The line after the last one is its end. */
export type ExportFault = { readonly line: number; readonly message: string }

export type VerifiedExport = ReadChain & {
  /** The line after the last one. */
  readonly endLine: number
}

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

/** Reads the header, and then the chain. */
function createReader({ verifyCheckpoint, kept = [], issuer }: ExportOptions): ChainReader {
  let chain: ChainReader | undefined
  return {
    async read(line, number) {
      if (chain !== undefined) return chain.read(line, number)
      const header = readHeader(line, issuer)
      if (!header.ok) return header.error
      const position = createChainPosition(header.value, kept)
      chain = createChainReader(header.value, position, verifyCheckpoint)
      return position.moveTo(header.value.after, header.value.previous)
    },
    end: () => chain?.end() ?? 'is missing: the file is empty',
  }
}

function readHeader(line: string, issuer: string | undefined): Result<ExportHeader, string> {
  const header = readLine(exportHeaderSchema, line)
  if (header === undefined) {
    return fail(`is not the header of an export of version ${EXPORT_VERSION}`)
  }
  const { iss, shard, after, previous } = header
  if (issuer !== undefined && iss !== issuer) return fail('is an export of another deployment')
  if (after === 0 && previous !== startChain(iss, shard)) {
    return fail('does not begin with the head of an empty chain')
  }
  return ok(header)
}
