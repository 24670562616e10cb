/** Says that decisions were deleted or cannot be read, so that a list does not look complete. */
import type { Missing } from '../api/missing.ts'
import { MISSING } from '../texts/decisions.ts'
import { TIMES } from '../texts/shell.ts'
import { formatUtc } from './times.ts'

export function MissingDecisions({ purgedTo, damagedTo }: Missing) {
  const utc = (milliseconds: number) => TIMES.utc(formatUtc(milliseconds))
  return (
    <>
      {purgedTo !== undefined && <p class="notice warn">{MISSING.purged(utc(purgedTo))}</p>}
      {damagedTo !== undefined && <p class="notice warn">{MISSING.damaged(utc(damagedTo))}</p>}
    </>
  )
}
