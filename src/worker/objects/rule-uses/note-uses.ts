/**
 * Keeps when each rule was used last, and from which networks and workflow commits, and finds what is
 * new. The first network and the first commit of a rule are what later ones are compared with. All
 * uses of one rule are noted in one shard of the decision log.
 */
import { MAX_USE_VALUES } from '../../limits.ts'
import type { Alert } from '../../notify/alert.ts'
import type { RuleUse } from './rule-use.ts'

type LastUse = { readonly last_at: number }

const DAY_MILLISECONDS = 86_400_000

/** Returns the alerts of these uses. A use that is noted again causes no second alert. */
export function noteUses(
  sql: SqlStorage,
  uses: readonly RuleUse[],
  dormantDays: number,
): readonly Alert[] {
  return uses.flatMap((use) => {
    const lastAt = readLast(sql, use)
    // Without a record of the rule, it is not known whether it was dormant.
    const isFirst = lastAt === undefined && !hasOther(sql, use)
    writeLast(sql, use)
    if (use.kind === 'rule') {
      const isDormant = lastAt !== undefined && use.at - lastAt > dormantDays * DAY_MILLISECONDS
      return isDormant ? [describeDormant(use, lastAt)] : []
    }
    if (lastAt !== undefined || isFirst) return []
    deleteOldest(sql, use)
    return [describeNew(use, use.kind)]
  })
}

/** Deletes values that were not seen since. The last use of a rule is kept. */
export function forgetUses(sql: SqlStorage, before: number): void {
  sql.exec("DELETE FROM rule_uses WHERE kind <> 'rule' AND last_at < ?", before)
}

function readLast(sql: SqlStorage, { kind, rule, resource, value }: RuleUse): number | undefined {
  return sql
    .exec<LastUse>(
      'SELECT last_at FROM rule_uses WHERE rule = ? AND resource = ? AND kind = ? AND value = ?',
      rule,
      resource,
      kind,
      value,
    )
    .toArray()[0]?.last_at
}

function hasOther(sql: SqlStorage, { kind, rule, resource }: RuleUse): boolean {
  return (
    sql
      .exec(
        'SELECT 1 FROM rule_uses WHERE rule = ? AND resource = ? AND kind = ? LIMIT 1',
        rule,
        resource,
        kind,
      )
      .toArray().length > 0
  )
}

function writeLast(sql: SqlStorage, { kind, rule, resource, value, at }: RuleUse): void {
  sql.exec(
    `INSERT INTO rule_uses (rule, resource, kind, value, last_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (rule, resource, kind, value) DO UPDATE SET last_at = MAX(last_at, excluded.last_at)`,
    rule,
    resource,
    kind,
    value,
    at,
  )
}

/** Otherwise a workflow with a new commit for each job would fill the shard. */
function deleteOldest(sql: SqlStorage, { kind, rule, resource }: RuleUse): void {
  sql.exec(
    `DELETE FROM rule_uses WHERE rule = ?1 AND resource = ?2 AND kind = ?3 AND last_at < (
       SELECT last_at FROM rule_uses WHERE rule = ?1 AND resource = ?2 AND kind = ?3
       ORDER BY last_at DESC LIMIT 1 OFFSET ?4)`,
    rule,
    resource,
    kind,
    MAX_USE_VALUES - 1,
  )
}

function describeDormant({ at, ...use }: RuleUse, lastAt: number): Alert {
  const days = Math.floor((at - lastAt) / DAY_MILLISECONDS)
  return {
    ...describe({ at, ...use }),
    type: 'dormant_rule_used',
    facts: { last_used_at: Math.floor(lastAt / 1000), dormant_days: days },
  }
}

function describeNew(use: RuleUse, kind: 'network' | 'workflow_commit'): Alert {
  const type = kind === 'network' ? 'new_network' : 'new_workflow_commit'
  return { ...describe(use), type, facts: { [kind]: use.value } }
}

function describe({ at, decisionId, rule, resource }: RuleUse) {
  return { at: Math.floor(at / 1000), decisionId, rule, resource }
}
