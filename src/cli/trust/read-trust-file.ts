/** Reads a trust file from disk or from the standard input. */
import { parseTrustFile, type ReadTrustFile } from '../../analysis/source/in-house.ts'
import { MAX_DOCUMENT_BYTES } from '../../core/limits.ts'
import { readInput } from '../shell/read-input.ts'

/** Throws a usage failure if the file cannot be read. */
export async function readTrustFile(path: string): Promise<ReadTrustFile> {
  const bytes = await readInput(path, MAX_DOCUMENT_BYTES)
  return parseTrustFile(path, bytes)
}
