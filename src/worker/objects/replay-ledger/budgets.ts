/**
 * Counts the tokens that a job got by a rule. A row has the hash of the job and the rule, and is kept
 * as long as the job can get new tokens (`BUDGET_KEEP_SECONDS`).
 */
import type { BudgetSpend, Spent } from '../../../core/use-ports.ts'

/** What the shard of a job is asked. */
export type CountRequest = Omit<BudgetSpend, 'mark'>
export type Counted = Exclude<Spent, { readonly outcome: 'token_used' }>

type BudgetRow = { readonly used: number; readonly exceeded: number }

/**
 * Counts one token, or finds that the job has all of its tokens. Then nothing is counted. No other
 * call runs between the statements, because there is no await between them (REP-06).
 */
export function countToken(sql: SqlStorage, { key, until, grants }: CountRequest): Counted {
  const known = sql
    .exec<BudgetRow>('SELECT used, exceeded FROM budgets WHERE key = ?', key)
    .toArray()[0]
  const { used, exceeded } = known ?? { used: 0, exceeded: 0 }
  if (used < grants) {
    sql.exec(
      `INSERT INTO budgets (key, until, used, exceeded) VALUES (?, ?, 1, 0)
       ON CONFLICT (key) DO UPDATE SET used = used + 1, until = MAX(until, excluded.until)`,
      key,
      until,
    )
    return { outcome: 'counted', used: used + 1 }
  }
  if (exceeded === 0) sql.exec('UPDATE budgets SET exceeded = 1 WHERE key = ?', key)
  return { outcome: 'exceeded', used, isFirst: exceeded === 0 }
}
