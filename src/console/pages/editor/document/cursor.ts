/**
 * Finds the place in the document that a cursor is at, in a text that is not complete yet. It puts a mark
 * in place of the word at the cursor and parses the text with a parser that accepts faults.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml'

type Step = string | number

export type Cursor = {
  /** Where the word at the cursor begins. */
  readonly from: number
  /** The part of the word before the cursor. */
  readonly word: string
  readonly isQuoted: boolean
  /** `key`: the word names a member of the object at `path`. `value`: it is the value at `path`. */
  readonly kind: 'key' | 'value'
  readonly path: readonly Step[]
  /** The other members of the object, for a key. */
  readonly siblings: readonly string[]
  /** Whether the value is on a line of its own, where the members of an object can begin. */
  readonly isOnOwnLine: boolean
  readonly document: Document
}

/** A word that no document has. */
const MARK = 'edgemint-cursor-2f1c'
/** A longer text is not parsed for each letter that is typed. */
const MAX_TEXT_CHARACTERS = 1_000_000
const WORD = /[^\s,[\]{}"'#]*$/
const REST = /^[^\s,[\]{}"'#:]*/

export function findCursor(text: string, offset: number): Cursor | undefined {
  if (text.length > MAX_TEXT_CHARACTERS) return undefined
  const before = text.slice(0, offset)
  const word = WORD.exec(before)?.[0] ?? ''
  const from = offset - word.length
  const rest = REST.exec(text.slice(offset))?.[0] ?? ''
  const probe = `${text.slice(0, from)}${MARK}${text.slice(offset + rest.length)}`
  const document = parseDocument(probe, {
    version: '1.2',
    schema: 'core',
    strict: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const found = findMark(document)
  if (found === undefined) return undefined
  const line = text.slice(text.lastIndexOf('\n', from - 1) + 1, from)
  return {
    ...found,
    ...{ from, word, document },
    isQuoted: /["']$/.test(before.slice(0, from)),
    isOnOwnLine: /^[\s-]*$/.test(line),
  }
}

function findMark(document: Document): Pick<Cursor, 'kind' | 'path' | 'siblings'> | undefined {
  let found: Pick<Cursor, 'kind' | 'path' | 'siblings'> | undefined
  visit(document, {
    Scalar(position, node, ancestors) {
      if (node.value !== MARK) return undefined
      found = describe(position, node, ancestors)
      return visit.BREAK
    },
  })
  return found
}

function describe(
  position: number | 'key' | 'value' | null,
  node: Scalar,
  ancestors: readonly unknown[],
): Pick<Cursor, 'kind' | 'path' | 'siblings'> {
  const path = pathOf([...ancestors, node])
  if (position !== 'key') return { kind: 'value', path, siblings: [] }
  const map = ancestors.findLast(isMap)
  const siblings = (map?.items ?? []).flatMap(({ key }) =>
    isScalar(key) && key !== node && typeof key.value === 'string' ? [key.value] : [],
  )
  return { kind: 'key', path: path.slice(0, -1), siblings }
}

/** The steps to the last node: the key of each pair, and the place in each list. */
function pathOf(nodes: readonly unknown[]): readonly Step[] {
  return nodes.flatMap((node, index): readonly Step[] => {
    if (isPair(node)) return [isScalar(node.key) ? String(node.key.value) : '']
    const holder = nodes[index - 1]
    return isSeq(holder) ? [holder.items.indexOf(node as Node)] : []
  })
}

/** Returns the node at a path, if there is one. */
export function nodeAt(document: Document, path: readonly Step[]): Node | undefined {
  let node: unknown = document.contents
  for (const step of path) {
    const holder = isAlias(node) ? node.resolve(document) : node
    if (isMap(holder)) {
      node = holder.items.find(({ key }) => isScalar(key) && key.value === step)?.value
    } else {
      node = isSeq(holder) && typeof step === 'number' ? holder.items[step] : undefined
    }
  }
  return isNode(node) ? node : undefined
}

/** Returns the text at a path, if it is a text. */
export function textAt(document: Document, path: readonly Step[]): string | undefined {
  const node = nodeAt(document, path)
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined
}

/** Returns the names of the members of the object at a path. */
export function namesAt(document: Document, path: readonly Step[]): readonly string[] {
  const node = nodeAt(document, path)
  if (!isMap(node)) return []
  return node.items.flatMap(({ key }) =>
    isScalar(key) && typeof key.value === 'string' && key.value !== MARK ? [key.value] : [],
  )
}

/** Returns the texts of the list at a path. */
export function textsAt(document: Document, path: readonly Step[]): readonly string[] {
  const node = nodeAt(document, path)
  if (!isSeq(node)) return []
  return node.items.flatMap((item) =>
    isScalar(item) && typeof item.value === 'string' && item.value !== MARK ? [item.value] : [],
  )
}
