/** Finds the revision of a trust document that was in force at a moment. */
import type { KeptRevision } from '../../contract/admin.ts'
import { refusal } from '../shell/failure.ts'
import { MAX_SEARCHED_REVISIONS } from '../shell/limits.ts'
import type { AdminAccess } from '../trust/admin-api.ts'
import { listRevisions } from '../trust/revisions/revisions-api.ts'

export type RevisionAt = {
  readonly revision: KeptRevision
  /** When the next revision replaced it, in epoch seconds; undefined if none did. */
  readonly until: number | undefined
}

/** Returns undefined if there was no revision at that time, in epoch seconds. */
export async function findRevisionAt(
  access: AdminAccess,
  at: number,
): Promise<RevisionAt | undefined> {
  const { revisions, isComplete } = await listRevisions(access, MAX_SEARCHED_REVISIONS)
  let until: number | undefined
  for (const revision of revisions) {
    if (revision.applied_at <= at) return { revision, until }
    until = revision.applied_at
  }
  if (isComplete) return undefined
  throw refusal(
    `the last ${MAX_SEARCHED_REVISIONS} revisions are newer than this moment`,
    'find the document of that time in the repository of the trust file',
  )
}
