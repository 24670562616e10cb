/** Finds the revision of a trust document that was in force at a moment. */
import { parseObject } from '../../client/in-house.ts'
import type { KeptRevision } from '../../contract/admin.ts'
import { PATHS } from '../../protocol/paths.ts'
import { isJsonObject } from '../../web/json.ts'
import { type AdminAccess, ask, describeProblem, notAGateway } from '../trust/admin-api.ts'

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
  let before: number | undefined
  let until: number | undefined
  do {
    const query = before === undefined ? '' : `?before=${before}`
    const answer = await ask(access, { method: 'GET' }, `${PATHS.adminTrustRevisions}${query}`)
    if (answer.status !== 200) throw describeProblem(answer)
    const { revisions, next } = parseObject(answer.text) ?? {}
    if (!Array.isArray(revisions) || !revisions.every(isRevision)) throw notAGateway(answer.status)
    for (const revision of revisions) {
      if (revision.applied_at <= at) return { revision, until }
      until = revision.applied_at
    }
    before = typeof next === 'number' ? next : undefined
  } while (before !== undefined)
  return undefined
}

function isRevision(value: unknown): value is KeptRevision {
  if (!isJsonObject(value)) return false
  const { revision, applied_at: at, digest, author, kept } = value
  return (
    typeof revision === 'number' &&
    typeof at === 'number' &&
    typeof digest === 'string' &&
    typeof author === 'string' &&
    typeof kept === 'boolean'
  )
}
