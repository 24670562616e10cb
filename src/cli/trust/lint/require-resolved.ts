/** Stops a document with unresolved findings, before it is sent. */

import { remarkOn } from '../../../analysis/source/in-house.ts'
import { ok } from '../../../web/result.ts'
import { refusal } from '../../shell/failure.ts'
import { noteLines } from '../../shell/output.ts'
import type { ReadTrust } from '../read-trust.ts'
import { renderText } from './formats.ts'

/**
 * Prints the unresolved findings and throws a refusal, if there are any. A stored document can only be
 * corrected in another file.
 */
export function requireResolved({ file, trust }: ReadTrust, isStored = false): void {
  const at = Math.floor(Date.now() / 1000)
  const open = remarkOn(file.path, ok({ file, trust }), at).filter(({ isBlocking }) => isBlocking)
  const [first] = open
  if (first === undefined) return
  noteLines(renderText(open, () => file.text))
  const place = isStored ? 'correct a copy of it in a file, and apply that: ' : ''
  throw refusal(
    `refused: ${open.length === 1 ? '1 unresolved lint finding' : `${open.length} unresolved lint findings`}; nothing was sent`,
    `${place}change the rule, or accept the finding in it: accept: [{ lint: ${first.id}, reason: … }]`,
  )
}
