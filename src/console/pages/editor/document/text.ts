/** The trust document as text. The gateway stores JSON; people may write YAML or JSON. */
import { stringify } from 'yaml'
import { parseTrustFile, type ReadTrustFile } from '../../../../analysis/source/in-house.ts'

export type Format = 'yaml' | 'json'

/** The name of the document in messages. There is no file. */
const NAME = 'trust document'

/** A text that begins with a brace is JSON. */
export function formatOf(text: string): Format {
  return /^\s*[{[]/.test(text) ? 'json' : 'yaml'
}

/** The text of a document. Reading it again gives the same document. */
export function writeText(document: unknown, format: Format): string {
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`
  // A folded line and an anchor are harder to read and to compare than what they replace.
  return stringify(document, {
    version: '1.2',
    schema: 'core',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}

export function readText(text: string): ReadTrustFile {
  return parseTrustFile(NAME, new TextEncoder().encode(text))
}

/** The same document in the other format, without its comments. Undefined if it has problems. */
export function convertText(text: string, format: Format): string | undefined {
  const read = readText(text)
  return read.ok ? writeText(read.value.value, format) : undefined
}

/** Whether the text has comments, which the stored document cannot keep. */
export function hasComments(text: string): boolean {
  return formatOf(text) === 'yaml' && /(?:^|\s)#/m.test(text)
}
