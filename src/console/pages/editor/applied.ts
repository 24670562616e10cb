/**
 * Finds out whether a text is the document in force already. The answer to an apply can be lost although
 * the gateway has applied the document.
 */
import type { Start } from './start.ts'
import type { Tools } from './use-tools.ts'

type Checks = Pick<Tools, 'diffTrust' | 'readText'> | undefined

/** Whether two documents have the same parts. Without the checks, their JSON must be the same. */
export function isSame(one: unknown, other: unknown, checks: Checks): boolean {
  return checks === undefined
    ? JSON.stringify(one) === JSON.stringify(other)
    : checks.diffTrust(one, other).length === 0
}

/** Without the draft of an earlier revision, if its document is in force now. */
export function dropApplied(start: Start, checks: Checks): Start {
  const { draft, current } = start
  const read = draft && checks?.readText(draft.text)
  if (draft === undefined || draft.revision === current.revision || !read?.ok) return start
  return isSame(read.value.value, current.document, checks)
    ? { current, draft: undefined, draftBase: current }
    : start
}
