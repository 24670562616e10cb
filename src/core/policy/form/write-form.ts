/** Writes the compiled form of a trust document. */
import type { DocumentProblem } from '../../../contract/admin.ts'
import type { TrustDocument } from '../../../contract/trust-document.ts'
import { joinBytes } from '../../../web/bytes.ts'
import type { Ceilings, CompiledTrust, RuleIndex } from '../compile/compiled.ts'
import { listIssuers } from '../compile/issuers/own-issuer.ts'
import { countBytes } from '../language/template.ts'
import {
  compilerOf,
  FORM_MAGIC,
  FORM_VERSION,
  type FormHead,
  type Section,
  type StoredIndex,
} from './compiled-form.ts'
import { indexNames } from './rule-names.ts'
import { writeRules } from './rule-text.ts'

export type FormContent = {
  /** The digest of the document, `sha256:` and hex digits. */
  readonly digest: string
  /** The parts of the document that compiled. */
  readonly source: TrustDocument
  readonly trust: CompiledTrust
  readonly problems: readonly DocumentProblem[]
}

export function writeForm(content: FormContent, ceilings: Ceilings): Uint8Array<ArrayBuffer> {
  const { digest, source, trust, problems } = content
  const { shared, texts } = writeRules(source.rules)
  const words: ArrayLike<number>[] = []
  let wordCount = 0
  const append = (part: ArrayLike<number>): Section => {
    words.push(part)
    wordCount += part.length
    return [wordCount - part.length, part.length]
  }
  const appendIndex = ({ lookups, slots, lists, rest }: RuleIndex): StoredIndex => ({
    lookups,
    slots: append(slots),
    lists: append(lists),
    rest,
  })
  const issuers = listIssuers(trust)
  const positions = new Map<string, number[]>(issuers.map(({ name }) => [name, []]))
  for (const { from, position } of trust.rules) positions.get(from)?.push(position)
  const all = [...shared, ...texts]
  const head: FormHead = {
    compiler: compilerOf(ceilings),
    document: digest,
    problems,
    issuers: source.issuers,
    resources: source.resources,
    isPartial: trust.isPartial === true,
    closed: issuers.filter(({ isClosed }) => isClosed).map(({ name }) => name),
    shared: shared.length,
    offsets: append(offsetsOf(all)),
    names: append(indexNames(trust.rules)),
    indexes: issuers.map(({ name, index, tenantIndex }) => ({
      issuer: name,
      positions: append(positions.get(name) ?? []),
      index: appendIndex(index),
      tenantIndex: appendIndex(tenantIndex),
    })),
  }
  const encoder = new TextEncoder()
  const headText = JSON.stringify(head)
  // The words after the head are read in place, so they begin at a multiple of their size.
  const headBytes = encoder.encode(headText + ' '.repeat(-countBytes(headText) & 3))
  const textBytes = encoder.encode(all.join(''))
  const sizes = [headBytes.byteLength, wordCount, textBytes.byteLength]
  const header = Uint32Array.of(FORM_MAGIC, FORM_VERSION, ...sizes)
  return joinBytes([asBytes(header), headBytes, asBytes(joinWords(words, wordCount)), textBytes])
}

function offsetsOf(texts: readonly string[]): Uint32Array {
  const offsets = new Uint32Array(texts.length + 1)
  let end = 0
  for (const [index, text] of texts.entries()) {
    end += countBytes(text)
    offsets[index + 1] = end
  }
  return offsets
}

function joinWords(parts: readonly ArrayLike<number>[], length: number): Uint32Array {
  const words = new Uint32Array(length)
  let offset = 0
  for (const part of parts) {
    words.set(part, offset)
    offset += part.length
  }
  return words
}

function asBytes(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}
