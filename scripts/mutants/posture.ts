/** Mutants of the posture report, the questions of auditors, renewals and reminders. */
import { type Mutant, mutant } from './mutant.ts'

const rights = mutant('src/analysis/posture/rights.ts', 'analysis', 'test/analysis/posture/rights')
const values = mutant('src/analysis/posture/values.ts', 'analysis', 'test/analysis/posture/values')
const usage = mutant(
  'src/worker/objects/decision-log/usage.ts',
  'worker',
  'test/worker/objects/decision-log/upkeep',
)
const shards = mutant(
  'src/worker/objects/decision-log/usage.ts',
  'worker',
  'test/worker/routes/admin/posture',
)
const reminders = mutant(
  'src/worker/objects/trust-store/rule-reminders.ts',
  'worker',
  'test/worker/objects/trust-store/rule-reminders',
)
const renew = mutant('src/cli/trust/renew-rule.ts', 'conformance', 'test/cli/trust/rules-renew')
const reach = mutant('src/analysis/access.ts', 'conformance', 'test/cli/audit/ask')

export const POSTURE_MUTANTS: readonly Mutant[] = [
  rights(
    'posture judges use of which it knows a part',
    "usage.state !== 'on' || usage.since === null",
    'usage.since === null',
  ),
  rights(
    'posture takes a young log for a whole one',
    "isYoung ? 'info' : 'warn'",
    "isYoung ? 'warn' : 'warn'",
  ),
  rights('posture narrows to scopes of old tokens', 'right.last_at > start', 'right.last_at > 0'),
  rights('posture forgets the budget of renewals', 'rule.grant.budget === undefined', 'true'),
  values('posture narrows by a few tokens', 'own.length < POSTURE_LEAST_TOKENS', 'false'),
  values(
    'posture narrows by claims that are not recorded',
    'if (value === undefined) return undefined',
    'if (value === undefined) continue',
  ),
  values('posture narrows by tokens of an earlier rule', ' && couldMeet(record, rule)', ''),
  values('posture narrows by tokens of another issuer', 'record.issuer === from', 'true'),
  values('posture pins a value that is too long', 'text.length > longestValue(text)', 'false'),
  usage(
    'a shard hides that it has more rights',
    'isPartial: used.length > maxRows',
    'isPartial: false',
  ),
  usage('use is known since the first record', 'first - day < DAY_MILLISECONDS', 'false'),
  shards(
    'the gateway hides that a shard has more rights',
    'shards.some((shard) => shard.isPartial)',
    'false',
  ),
  reminders(
    'reminders of rules that have ended',
    "sql.exec('DELETE FROM rule_reminders WHERE ends_at <= ?', at)",
    '',
  ),
  reminders(
    'a revision that is stored while reminders are sent',
    'if (readPlan(sql)?.revision !== plan.revision) return',
    '',
  ),
  reminders(
    'the pause between reminders after a restart',
    ' || readPlan(sql)?.revision === revision',
    '',
  ),
  reminders('a reminder is repeated', ' && retryAt === undefined', ''),
  reminders(
    'an undelivered reminder is lost',
    'isEnded ? null : at + REMINDER_RETRY_SECONDS',
    'null',
  ),
  reminders(
    'all reminders are sent at once',
    '.slice(0, REMINDERS_PER_ALARM)',
    '.slice(0, Number.POSITIVE_INFINITY)',
  ),
  renew(
    'a renewal shortens a rule',
    '(parseMoment(until) ?? 0) <= (parseMoment(before) ?? 0)',
    'false',
  ),
  renew('a renewal changes the end of other rules', 'node.anchor !== undefined || ', ''),
  reach('a deny rule is not asked what a workload can get', "certainty === 'can')) {", 'false)) {'),
]
