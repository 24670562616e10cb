/** Mutants of what the decision log counts: decisions by issuer, and over time. */
import { type Mutant, mutant } from './mutant.ts'

const COUNTS = 'test/worker/objects/decision-log/counts'
const counters = mutant('src/worker/objects/decision-log/counters/counters.ts', 'worker', COUNTS)
const issuers = mutant(
  'src/worker/objects/decision-log/counters/issuer-counts.ts',
  'worker',
  COUNTS,
)
const activity = mutant('src/worker/objects/decision-log/counters/activity.ts', 'worker', COUNTS)
const route = mutant(
  'src/worker/routes/admin/activity.ts',
  'worker',
  'test/worker/routes/admin/activity',
)

export const COUNT_MUTANTS: readonly Mutant[] = [
  counters(
    'counts: a decision is counted once',
    "sql.exec('UPDATE chain SET counted_sequence = ?', countedSequence)",
    '',
  ),
  issuers('counts: a bounded number of issuers', "keepNewest(sql, 'issuer_counts', 'issuer')", ''),
  activity(
    'counts: old activity is forgotten',
    "'DELETE FROM activity WHERE step < ?'",
    "'SELECT ?'",
  ),
  route('LOG-09 activity: every shard', '(await log.list())', '[0]'),
  route('activity: the longest period', ' || hours > ACTIVITY_MAX_HOURS', ''),
]
