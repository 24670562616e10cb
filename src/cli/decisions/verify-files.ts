/** Verifies export files one by one, and that those of one shard follow each other. */
import type { CheckpointClaims } from '../../contract/decisions/export.ts'
import {
  type ExportFault,
  type ExportOptions,
  type VerifiedExport,
  verifyExport,
} from '../../core/decisions/verify-export.ts'
import { MAX_NAMED_CHARACTERS } from '../shell/limits.ts'
import { nameOtherFile } from './other-file.ts'
import { DamagedExport, isCompressed, readLines } from './read-export.ts'

type Named = { readonly file: string }
export type SoundFile = Named & VerifiedExport & { readonly ok: true }
type FaultyFile = Named & { readonly ok: false; readonly fault: ExportFault }
export type VerifiedFile = SoundFile | FaultyFile

type Options = Omit<ExportOptions, 'issuer'> & { readonly issuer: string | undefined }
type Verified = { readonly files: readonly VerifiedFile[]; readonly gaps: readonly string[] }

/** `gaps` describes where the files of one shard neither follow each other nor agree. */
export async function verifyFiles(paths: readonly string[], options: Options): Promise<Verified> {
  const verified: VerifiedFile[] = []
  for (const path of paths) verified.push(await verifyFile(path, options))
  const gaps: string[] = []
  for (const chain of listChains(verified)) gaps.push(...(await findGaps(chain, options)))
  return { files: verified.map((file) => requireEnd(file, verified)), gaps }
}

async function verifyFile(file: string, options: Options): Promise<VerifiedFile> {
  const { issuer, ...rest } = options
  const wanted = issuer === undefined ? rest : { ...rest, issuer }
  try {
    const verified = await verifyExport(readLines(file), wanted)
    if (verified.ok) return { file, ok: true, ...verified.value }
    const other = await describeOther(file, verified.error)
    return { file, ok: false, fault: other ?? verified.error }
  } catch (error) {
    if (!(error instanceof DamagedExport)) throw error
    return { file, ok: false, fault: { line: error.line, message: error.message } }
  }
}

/** Names what a file is whose first line is not that of an export. Stdin cannot be read again. */
async function describeOther(
  file: string,
  { line, message }: ExportFault,
): Promise<ExportFault | undefined> {
  if (line !== 1 || file === '-') return undefined
  let text = ''
  try {
    for await (const read of readLines(file)) {
      text += `${read}\n`
      if (text.length > MAX_NAMED_CHARACTERS) break
    }
  } catch (error) {
    // The fault of the first line is told. What was read until the damage may still name the kind.
    if (!(error instanceof DamagedExport)) throw error
  }
  const kind = nameOtherFile(text)
  if (kind !== undefined) return { line, message: kind }
  if (!message.startsWith('is not the header') || !(await isCompressed(file))) return undefined
  return { line, message: `is compressed text of another kind: its first line ${message}` }
}

/** A kept checkpoint may cover a batch after the end of a file only if a later file has the batch. */
function requireEnd(file: VerifiedFile, all: readonly VerifiedFile[]): VerifiedFile {
  if (!file.ok || file.keptSequence <= file.lastSequence) return file
  const hasLater = all.some(
    (other) => other.ok && isSameChain(other, file) && other.lastSequence > file.lastSequence,
  )
  if (hasLater) return file
  const message = `is missing: a kept checkpoint covers batch ${file.keptSequence}`
  return { file: file.file, ok: false, fault: { line: file.endLine, message } }
}

function isSameChain(left: VerifiedExport, right: VerifiedExport): boolean {
  return left.shard === right.shard && left.issuer === right.issuer
}

/** Returns the sound files of each chain, in the order of their batches. */
function listChains(files: readonly VerifiedFile[]): readonly (readonly SoundFile[])[] {
  const chains: SoundFile[][] = []
  for (const file of files) {
    if (!file.ok) continue
    const chain = chains.find(([first]) => first !== undefined && isSameChain(first, file))
    if (chain === undefined) chains.push([file])
    else chain.push(file)
  }
  return chains.map((chain) =>
    chain.toSorted(
      (left, right) =>
        left.firstSequence - right.firstSequence || left.lastSequence - right.lastSequence,
    ),
  )
}

async function findGaps(chain: readonly SoundFile[], options: Options): Promise<readonly string[]> {
  const [first, ...rest] = chain
  const gaps: string[] = []
  let overlaps = false
  let before = first
  for (const file of rest) {
    if (before === undefined) break
    const missing = file.firstSequence - before.lastSequence - 1
    if (missing > 0) {
      gaps.push(
        `${file.file} does not follow ${before.file}: it begins with batch ${file.firstSequence}, and the other ends with batch ${before.lastSequence}`,
      )
    } else if (missing === 0 && file.previous !== before.head) {
      gaps.push(`${file.file} does not follow ${before.file}: its chain is another one`)
    }
    overlaps ||= missing < 0
    if (file.lastSequence >= before.lastSequence) before = file
  }
  // Only files with the same batches are read again.
  return overlaps ? [...gaps, ...(await findDifferences(chain, options))] : gaps
}

/**
 * Compares files with the same batches, such as two objects of a bucket that did not answer: each must
 * have the heads with which the others begin and end.
 */
async function findDifferences(
  chain: readonly SoundFile[],
  options: Options,
): Promise<readonly string[]> {
  const kept = chain.flatMap(({ issuer: iss, shard, ...file }): readonly CheckpointClaims[] => [
    { iss, shard, iat: 0, sequence: file.firstSequence - 1, head: file.previous },
    { iss, shard, iat: 0, sequence: file.lastSequence, head: file.head },
  ])
  const differing: string[] = []
  for (const { file } of chain) {
    const isPiped = file === '-'
    if (isPiped || !(await verifyFile(file, { ...options, kept })).ok) {
      const why = isPiped ? 'which cannot be compared with stdin' : 'and they differ'
      differing.push(`${file} has batches that another file has too, ${why}`)
    }
  }
  return differing
}
