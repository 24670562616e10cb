/** Batches, as rows of their own or inside compressed blocks. */
import { formatBatchLine } from '../../../contract/decisions/chain.ts'

export type StoredBatch = {
  readonly sequence: number
  readonly time: number
  readonly count: number
  /** The head of the chain after this batch, in hex. */
  readonly head: string
  /** The records, one line each, without the last line feed. */
  readonly lines: string
}

/** The content of a block: its batches, each as a row of JSON with its head, then its records. */
export function packBatches(batches: readonly StoredBatch[]): string {
  return batches
    .map(({ sequence, time, count, head, lines }) => {
      return `${JSON.stringify([sequence, time, count, head])}\n${lines}\n`
    })
    .join('')
}

/** A batch that was damaged before its compression can have another number of lines than its count. */
const BEFORE_BATCH = /\n(?=\[\d+,\d+,\d+,"\w+"\]\n)/

export function unpackBatches(content: string): readonly StoredBatch[] {
  if (content === '') return []
  const batches = content.slice(0, -1).split(BEFORE_BATCH)
  return batches.map((text) => {
    const end = text.indexOf('\n')
    type Row = [number, number, number, string]
    const [sequence, time, count, head] = JSON.parse(text.slice(0, end)) as Row
    return { sequence, time, count, head, lines: text.slice(end + 1) }
  })
}

/** Returns the records of a block, one line each. */
export function unpackLines(content: string): readonly string[] {
  // Only the row of a batch begins as a list.
  return content.split('\n').filter((line) => line.startsWith('{'))
}

/** Returns the lines of a batch as an export has them. */
export function exportBatch({ sequence, time, count, head, lines }: StoredBatch): string {
  const headLine = JSON.stringify({ type: 'head', head })
  return `${formatBatchLine({ sequence, time, count })}\n${lines}\n${headLine}\n`
}

export async function compress(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

export async function decompress(bytes: ArrayBuffer): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}
