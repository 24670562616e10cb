/**
 * Checks the shape of a document before it is parsed: it must not nest too deeply, and it must not
 * have a member that the schema would drop.
 */
import type { DocumentPath, DocumentProblem } from './admin.ts'
import { MAX_DOCUMENT_DEPTH } from './limits.ts'

/** The schema silently drops a member with this name. A lost condition would widen a rule. */
const LOST_NAME = '__proto__'

/** Walks the document level by level. Recursion would overflow the stack on a deep document. */
export function findShapeFault(document: unknown): DocumentProblem | undefined {
  let level: readonly unknown[] = [document]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DOCUMENT_DEPTH) {
      const message = `nests more than ${MAX_DOCUMENT_DEPTH} levels deep`
      return { code: 'document_too_deep', path: [], message }
    }
    if (level.some((value) => isObject(value) && Object.hasOwn(value, LOST_NAME))) {
      const path = [...(findHolder(document) ?? []), LOST_NAME]
      return { code: 'name_invalid', path, message: `has the invalid name "${LOST_NAME}"` }
    }
    level = level.flatMap((value) => (isObject(value) ? Object.values(value) : []))
  }
  return undefined
}

/** The path to the outermost object that has a member of this name. */
function findHolder(document: unknown): DocumentPath | undefined {
  let level: readonly { readonly value: unknown; readonly path: DocumentPath }[] = [
    { value: document, path: [] },
  ]
  while (level.length > 0) {
    const holder = level.find(({ value }) => isObject(value) && Object.hasOwn(value, LOST_NAME))
    if (holder !== undefined) return holder.path
    level = level.flatMap(({ value, path }) =>
      isObject(value)
        ? Object.entries(value).map(([name, member]) => ({
            value: member,
            path: [...path, Array.isArray(value) ? Number(name) : name],
          }))
        : [],
    )
  }
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
