/** Verifies export files one by one, and that those of one shard follow each other. */
import {
  type ExportFault,
  type ExportOptions,
  type VerifiedExport,
  verifyExport,
} from '../../core/decisions/verify-export.ts'
import { isJsonObject } from '../../web/json.ts'
import { DamagedExport, readLines } from './read-export.ts'

type Named = { readonly file: string }
type SoundFile = Named &
  VerifiedExport & {
    readonly ok: true
    /** The head before the first batch. */
    readonly previous: string
  }
type FaultyFile = Named & { readonly ok: false; readonly fault: ExportFault }
export type VerifiedFile = SoundFile | FaultyFile

type Options = Omit<ExportOptions, 'issuer'> & { readonly issuer: string | undefined }

export async function verifyFile(file: string, options: Options): Promise<VerifiedFile> {
  let header = ''
  async function* withHeader(): AsyncGenerator<string> {
    for await (const line of readLines(file)) {
      if (header === '') header = line
      yield line
    }
  }
  const { issuer, ...rest } = options
  const wanted = issuer === undefined ? rest : { ...rest, issuer }
  try {
    const verified = await verifyExport(withHeader(), wanted)
    if (!verified.ok) return { file, ok: false, fault: verified.error }
    return { file, ok: true, ...verified.value, previous: readPrevious(header) }
  } catch (error) {
    if (!(error instanceof DamagedExport)) throw error
    return { file, ok: false, fault: { line: error.line, message: error.message } }
  }
}

/** The header was verified, so it has the member. */
function readPrevious(header: string): string {
  const value: unknown = JSON.parse(header)
  return isJsonObject(value) ? String(value.previous) : ''
}

/** Describes where the files of one shard do not follow each other. */
export function findGaps(files: readonly VerifiedFile[]): readonly string[] {
  const chains = new Map<string, SoundFile[]>()
  for (const file of files) {
    if (!file.ok) continue
    const chain = `${file.shard} ${file.issuer}`
    chains.set(chain, [...(chains.get(chain) ?? []), file])
  }
  return [...chains.values()].flatMap(findGapsOf)
}

function findGapsOf(chain: readonly SoundFile[]): readonly string[] {
  const sorted = chain.toSorted(
    (left, right) =>
      left.firstSequence - right.firstSequence || left.lastSequence - right.lastSequence,
  )
  return sorted.slice(1).flatMap((file, index) => {
    const before = sorted[index]
    if (before === undefined) return []
    const follows = file.firstSequence === before.lastSequence + 1
    if (follows && file.previous === before.head) return []
    const why = follows
      ? 'its chain is another one'
      : `it begins with batch ${file.firstSequence}, and the other ends with batch ${before.lastSequence}`
    return [`${file.file} does not follow ${before.file}: ${why}`]
  })
}
