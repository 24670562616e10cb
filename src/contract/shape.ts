/**
 * What is wrong with a document as a tree, before anybody asks what it means: too deep for those
 * who walk it, or with a member that those who read it would lose.
 */
import type { DocumentPath, DocumentProblem } from './admin.ts'
import { MAX_DOCUMENT_DEPTH } from './limits.ts'

/** A schema drops a member of this name in silence, and a condition that is lost widens a rule. */
const LOST_NAME = '__proto__'

/** Asked level by level: whoever recursed here would run out of stack on what this refuses. */
export function findShapeFault(document: unknown): DocumentProblem | undefined {
  let level: readonly unknown[] = [document]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DOCUMENT_DEPTH) {
      const message = `nests more than ${MAX_DOCUMENT_DEPTH} levels deep`
      return { code: 'document_too_deep', path: [], message }
    }
    if (level.some((value) => isObject(value) && Object.hasOwn(value, LOST_NAME))) {
      const path = [...(findHolder(document) ?? []), LOST_NAME]
      return { code: 'name_invalid', path, message: `"${LOST_NAME}" is no name` }
    }
    level = level.flatMap((value) => (isObject(value) ? Object.values(value) : []))
  }
  return undefined
}

/** The path to the nearest member that holds the name. */
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
