/**
 * Finds the revision that last changed each rule. It compares each stored document with the one before
 * it, from the newest on, until every rule is found or no earlier document is stored.
 */
import { diffTrust, type TrustChange } from '../../../analysis/index.ts'
import type { KeptRevision } from '../../../contract/admin.ts'
import { namedRules, type RuleState } from './named-rules.ts'

export type LastChange = Omit<KeptRevision, 'kept' | 'digest'> & {
  readonly change: 'added' | 'changed' | 'moved' | 'renamed' | 'removed'
  /** What a rule that is not in force any more is called now. */
  readonly renamed_to?: string
  /**
   * False if an earlier revision may have made the last change, because the documents before this one
   * are no longer stored.
   */
  readonly is_exact: boolean
}

export type BlamedRule = {
  readonly rule: string
  /** Its line in the file. */
  readonly line?: number
  /** Absent if the rule of the file is in force as it is. */
  readonly state?: RuleState
  /** Absent if no stored document has a rule of this name. */
  readonly last?: LastChange
}

type History = {
  /** The newest first. The first is in force. */
  readonly revisions: readonly KeptRevision[]
  readonly documentOf: (revision: number) => Promise<unknown>
}

/** Returns the last change of each of these rules, also of those that were removed. */
export async function blameRules(
  names: readonly string[],
  { revisions, documentOf }: History,
): Promise<ReadonlyMap<string, LastChange>> {
  const found = new Map<string, LastChange>()
  const open = new Set(names)
  let document = revisions[0]?.kept === true ? await documentOf(revisions[0].revision) : undefined
  for (const [index, revision] of revisions.entries()) {
    if (open.size === 0) break
    const earlier = revisions[index + 1]
    const isStored = earlier?.kept === true
    const before = isStored ? await documentOf(earlier.revision) : undefined
    const isFirst = earlier === undefined && revision.revision === 1
    if (!isStored && !isFirst) {
      const oldest = namedRules(document)
      for (const name of open) {
        if (oldest.has(name)) found.set(name, describe(revision, 'changed', false))
      }
      break
    }
    for (const change of diffTrust(before, document)) {
      if (change.part !== 'rule') continue
      const { name, renamed } = change
      if (open.delete(name)) found.set(name, describe(revision, kindOf(change), true))
      if (renamed === undefined || !open.delete(renamed.before)) continue
      found.set(renamed.before, { ...describe(revision, 'renamed', true), renamed_to: name })
    }
    document = before
  }
  return found
}

function kindOf({ kind, changes, moved, renamed }: TrustChange): LastChange['change'] {
  if (kind !== 'changed') return kind
  if (renamed !== undefined) return 'renamed'
  return changes === undefined && moved !== undefined ? 'moved' : 'changed'
}

function describe(
  { kept: _, digest: __, ...revision }: KeptRevision,
  change: LastChange['change'],
  isExact: boolean,
): LastChange {
  return { ...revision, change, is_exact: isExact }
}
