/**
 * Parses a trust file (YAML or JSON) and finds the line and column of each part. It refuses YAML that
 * is ambiguous or that JSON cannot represent. The compiler checks the content.
 */

import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml'
import type { DocumentPath, DocumentProblem } from '../../contract/admin.ts'
import { MAX_PROBLEMS } from '../../contract/limits.ts'
import { decodeUtf8, skipByteOrderMark } from '../../web/bytes.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { MAX_ALIAS_COUNT } from './limits.ts'
import { listSyntaxFaults } from './syntax.ts'

type Place = { readonly line: number; readonly column: number }
export type PlacedProblem = DocumentProblem & Place

export type TrustFile = {
  readonly path: string
  /** The text of the file. */
  readonly text: string
  /** The document as a JSON value. */
  readonly value: unknown
  readonly json: string
  /**
   * Returns the place of a part of the document, or of its nearest parent if the part is absent.
   */
  readonly locate: (path: DocumentPath) => Place
  /** Returns how the file writes a value that is at the path or below it, such as `017` for 17. */
  readonly quote: (path: DocumentPath, value: unknown) => string | undefined
}

export type ReadTrustFile = Result<TrustFile, readonly PlacedProblem[]>

const START: Place = { line: 1, column: 1 }

export function parseTrustFile(path: string, bytes: Uint8Array): ReadTrustFile {
  const text = decodeUtf8(bytes)
  if (isUtf16(bytes)) {
    const message = 'is UTF-16 text: save the file as UTF-8'
    return refuse([problem('file_malformed', message, START)])
  }
  if (text === undefined) return refuse([problem('file_malformed', 'is not UTF-8 text', START)])
  try {
    return parseText(path, skipByteOrderMark(text))
  } catch (error) {
    // Only a document with absurdly deep nesting overflows the stack.
    if (!(error instanceof RangeError)) throw error
    return refuse([problem('file_malformed', 'is nested too deeply', START)])
  }
}

/** A byte order mark of UTF-16, or a NUL in the first character, which no trust file has. */
function isUtf16([first, second]: Uint8Array): boolean {
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return hasMark || first === 0 || second === 0
}

function parseText(path: string, text: string): ReadTrustFile {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    // Otherwise !!set, !!omap, !!binary and !!timestamp create values that JSON does not have.
    resolveKnownTags: false,
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const bare = /\r(?!\n)/.exec(text)
  if (bare !== null) {
    // YAML ends a line here (§5.4), but the parser does not, so a comment would hide what follows.
    const message = 'has a carriage return without a line feed: save the file with LF line ends'
    return refuse([problem('file_malformed', message, place(bare.index))])
  }
  const faults = listSyntaxFaults(document, text).map(({ offset, message }) =>
    problem('file_malformed', message, place(offset)),
  )
  if (faults.length > 0) return refuse(faults)
  const strange = findStrange(document, place)
  if (strange.length > 0) return refuse(strange)
  try {
    const json = JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIAS_COUNT })) ?? 'null'
    // Parse the JSON again, so that the checked value is exactly the value that is sent.
    const value: unknown = JSON.parse(json)
    const locate = (at: DocumentPath) => place(findPart(document, at).offset)
    const quote = (at: DocumentPath, wanted: unknown) =>
      findSource(findPart(document, at).node, wanted)
    return ok({ path, text, value, json, locate, quote })
  } catch (error) {
    // yaml throws ReferenceError for too many aliases. JSON throws TypeError for a recursive alias.
    if (!(error instanceof ReferenceError || error instanceof TypeError)) throw error
    const message = 'has aliases that expand to too much data'
    return refuse([problem('file_malformed', message, place(findAlias(document)))])
  }
}

function refuse(problems: readonly PlacedProblem[]): ReadTrustFile {
  return fail(problems.slice(0, MAX_PROBLEMS))
}

function problem(code: string, message: string, place: Place): PlacedProblem {
  return { code, path: [], message, ...place }
}

function findAlias(document: Document): number {
  let offset: number | undefined
  visit(document, {
    Alias(_, node) {
      offset ??= node.range?.[0]
    },
  })
  return offset ?? 0
}

/** Finds YAML that JSON cannot represent, or that YAML readers interpret differently. */
function findStrange(document: Document, place: (offset: number) => Place): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  const anchors = new Set<string | undefined>()
  const report = (code: string, message: string, node: Pick<Node, 'range'> | undefined) =>
    problems.push(problem(code, message, place(node?.range?.[0] ?? 0)))
  visit(document, {
    Pair(_, { key }) {
      const node = isScalar(key) || isMap(key) || isSeq(key) || isAlias(key) ? key : undefined
      if (!isScalar(key) || typeof key.value !== 'string') {
        report('type_wrong', 'a key must be text: put it in quotes', node)
      } else if (key.value === '<<') {
        report('key_unknown', 'merge keys (<<) are not supported: repeat the members', key)
      }
    },
    Collection(_, node) {
      anchors.add(node.anchor)
    },
    Alias(_, node) {
      if (anchors.has(node.source)) return
      const message = 'is an alias without an anchor: a text that begins with * must be in quotes'
      report('file_malformed', message, node)
    },
    Scalar(position, node) {
      anchors.add(node.anchor)
      if (position === 'key' || typeof node.value === 'string') return
      if (typeof node.value === 'bigint' || !isExact(node.value)) {
        // `12345678901234567890` would silently be rounded.
        report(
          'type_wrong',
          'is a number that JSON cannot represent exactly: put it in quotes',
          node,
        )
      }
    },
  })
  return problems
}

function isExact(value: unknown): boolean {
  if (typeof value !== 'number') return true
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

type Part = { readonly node: unknown; readonly offset: number }

/**
 * Returns the value at a path, or its nearest parent, with the offset of the key of a member or of the
 * entry of a list.
 */
function findPart(document: Document, path: DocumentPath): Part {
  let node: unknown = document.contents
  let offset = offsetOf(node) ?? 0
  for (const step of path) {
    const holder = isAlias(node) ? node.resolve(document) : node
    if (isMap(holder)) {
      const pair = holder.items.find(({ key }) => isScalar(key) && key.value === step)
      if (!isPair(pair)) break
      offset = offsetOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(holder) && typeof step === 'number' && step < holder.items.length) {
      node = holder.items[step]
      offset = offsetOf(node) ?? offset
    } else {
      break
    }
  }
  return { node, offset }
}

function findSource(node: unknown, value: unknown): string | undefined {
  if (isScalar(node)) return node.value === value ? node.source : undefined
  if (!isMap(node) && !isSeq(node)) return undefined
  for (const item of node.items) {
    const source = findSource(isPair(item) ? item.value : item, value)
    if (source !== undefined) return source
  }
  return undefined
}

function offsetOf(node: unknown): number | undefined {
  const isNode = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
  return isNode ? node.range?.[0] : undefined
}
