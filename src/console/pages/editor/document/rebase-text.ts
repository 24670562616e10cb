/** Rebases the text of a draft. Comments of parts that only the draft has stay where they are. */
import { type Document, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import { diffTrust, type TrustChange } from '../../../../analysis/index.ts'
import { isJsonObject, type JsonObject } from '../../../../web/json.ts'
import { type Conflict, rebase } from './rebase.ts'
import { formatOf, readText, writeText } from './text.ts'

export type { Conflict }

export type RebasedText = {
  readonly text: string
  readonly conflicts: readonly Conflict[]
  readonly taken: readonly TrustChange[]
}

/** Undefined if the draft is not a document that can be read. */
export function rebaseText(
  draft: string,
  base: unknown,
  current: unknown,
): RebasedText | undefined {
  const read = readText(draft)
  if (!read.ok) return undefined
  const { document, conflicts, taken } = rebase(base, read.value.value, current)
  return { text: mergeInto(draft, read.value.value, document), conflicts, taken }
}

function mergeInto(draft: string, before: unknown, merged: JsonObject): string {
  const format = formatOf(draft)
  if (format === 'json') return writeText(merged, format)
  const document = parseDocument(draft, { version: '1.2', schema: 'core' })
  for (const member of ['issuers', 'resources']) setMembers(document, member, before, merged)
  setRules(document, merged)
  const text = renderEdited(document)
  const read = readText(text ?? '')
  // A part that is repeated, for example, can make the edited text mean something else.
  const isRight = read.ok && diffTrust(read.value.value, merged).length === 0
  return text !== undefined && isRight ? text : writeText(merged, format)
}

/** Undefined if an alias is left whose anchor was in a part that the other side changed. */
function renderEdited(document: Document): string | undefined {
  try {
    return document.toString({ lineWidth: 0 })
  } catch {
    // The library throws an `Error` without a code.
    return undefined
  }
}

function setMembers(document: Document, member: string, before: unknown, merged: JsonObject): void {
  const [old, young] = [membersOf(before, member), membersOf(merged, member)]
  for (const name of Object.keys(old)) {
    if (!Object.hasOwn(young, name)) document.deleteIn([member, name])
  }
  for (const [name, value] of Object.entries(young)) {
    if (JSON.stringify(old[name]) === JSON.stringify(value)) continue
    document.setIn([member, name], document.createNode(value))
  }
}

/** Keeps the node of each rule that the draft has in this form, in the merged order. */
function setRules(document: Document, merged: JsonObject): void {
  const list = document.get('rules')
  const rules: readonly unknown[] = Array.isArray(merged.rules) ? merged.rules : []
  if (!isSeq(list)) {
    if (rules.length > 0) document.set('rules', document.createNode(rules))
    return
  }
  const nodes = new Map<string, Node>()
  for (const item of list.items) {
    if (isMap(item)) nodes.set(JSON.stringify(item.toJS(document)), item)
  }
  list.items = rules.map((rule) => nodes.get(JSON.stringify(rule)) ?? document.createNode(rule))
  // An empty list is written as `[]`, and then has another style than one with rules.
  if (rules.length > 0 && list.flow === true && list.items.some((item) => !isScalar(item))) {
    list.flow = false
  }
}

function membersOf(document: unknown, member: string): JsonObject {
  const value = isJsonObject(document) ? document[member] : undefined
  return isJsonObject(value) ? value : {}
}
