/** Stops a document or a policy with unresolved findings, before it is sent. */

import {
  lintPolicy,
  parseTrustFile,
  type Remark,
  remarkOn,
  toRemark,
} from '../../../analysis/source/in-house.ts'
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { ok } from '../../../web/result.ts'
import { refusal } from '../../shell/failure.ts'
import { noteLines } from '../../shell/output.ts'
import type { ReadTrust } from '../read-trust.ts'
import { renderText } from './formats.ts'

/**
 * Prints the unresolved findings and throws a refusal, if there are any. A stored document can only be
 * corrected in another file.
 */
export function requireResolved(read: ReadTrust, isStored = false): void {
  const [first, ...more] = noteUnresolved(read)
  if (first === undefined) return
  const place = isStored ? 'correct a copy of it in a file, and apply that: ' : ''
  throw refusal(
    `refused: ${countUnresolved(1 + more.length)}; nothing was sent`,
    `${place}change the rule, or accept the finding in it: accept: [{ lint: ${first.id}, reason: … }]`,
  )
}

/** Prints the unresolved findings and returns them. */
export function noteUnresolved({ file, trust }: ReadTrust): readonly Remark[] {
  const at = Math.floor(Date.now() / 1000)
  const open = remarkOn(file.path, ok({ file, trust }), at).filter(({ isBlocking }) => isBlocking)
  if (open.length > 0) noteLines(renderText(open, () => file.text))
  return open
}

/** Prints the unresolved findings of a deploy-time policy and throws a refusal, if there are any. */
export function requireResolvedPolicy({
  path,
  text,
  policy,
}: {
  readonly path: string
  /** JSON. */
  readonly text: string
  readonly policy: CompiledTrust
}): void {
  const read = parseTrustFile(path, new TextEncoder().encode(text))
  // YAML refuses some JSON that the gateway reads, such as one with tabs.
  const locate = read.ok ? read.value.locate : () => ({ line: 1, column: 1 })
  const open = lintPolicy(policy, { at: Math.floor(Date.now() / 1000) })
    .map((finding) => toRemark({ path, locate }, finding))
    .filter(({ isBlocking }) => isBlocking)
  const [first] = open
  if (first === undefined) return
  noteLines(renderText(open, () => text))
  throw refusal(
    `${path} has ${countUnresolved(open.length)}; nothing was deployed`,
    `change the rule, or accept the finding in it: "accept": [{ "lint": "${first.id}", "reason": "…" }]`,
  )
}

export function countUnresolved(number: number): string {
  return number === 1 ? '1 unresolved lint finding' : `${number} unresolved lint findings`
}
