/** Mutants of the budgets of jobs and of alerts. */
import { type Mutant, mutant } from './mutant.ts'

const ENDPOINT_TESTS =
  'test/core/endpoint/token-endpoint.budget test/core/endpoint/token-endpoint.replay'
const use = mutant('src/core/endpoint/after-verification.ts', 'core', ENDPOINT_TESTS)
const key = mutant('src/core/evidence/budget-key.ts', 'core', ENDPOINT_TESTS)
const rendering = mutant('src/core/policy/decide/render-grant.ts', 'core', ENDPOINT_TESTS)
const narrowing = mutant('src/core/policy/decide/narrow.ts', 'core', ENDPOINT_TESTS)
const compiling = mutant(
  'src/core/policy/compile/budget.ts',
  'core',
  'test/core/policy/compile/budget',
)
const counting = mutant(
  'src/worker/objects/replay-ledger/budgets.ts',
  'worker',
  'test/worker/objects/replay-ledger/budgets',
)
const ledger = mutant(
  'src/worker/objects/replay-ledger/replay-ledger.ts',
  'worker',
  'test/worker/objects/replay-ledger/budgets',
)
const together = mutant(
  'src/worker/objects/replay-ledger/replay-ledger.ts',
  'worker',
  'test/worker/objects/replay-ledger/single-ledger',
)
const alert = mutant('src/worker/notify/alert.ts', 'worker', 'test/worker/attacks/budget')
const sender = mutant('src/worker/notify/alert-sender.ts', 'worker', 'test/worker/notify')
const token = mutant('src/worker/notify/alert-token.ts', 'worker', 'test/worker/notify')
const noting = mutant(
  'src/worker/objects/rule-uses/note-uses.ts',
  'worker',
  'test/worker/objects/rule-uses/note-uses',
)
const reporting = mutant(
  'src/worker/objects/rule-uses/report-uses.ts',
  'worker',
  'test/worker/objects/rule-uses/report-uses',
)
const collecting = mutant(
  'src/worker/caches/decisions/rule-uses.ts',
  'worker',
  'test/worker/caches/decisions/rule-uses',
)
const shard = mutant(
  'src/worker/objects/decision-log/decision-log.ts',
  'worker',
  'test/worker/objects/decision-log/alerts',
)

export const BUDGET_MUTANTS: readonly Mutant[] = [
  use('REP-06 an excess is refused', "if (onExcess === 'alert') return", 'return'),
  use(
    'REP-06 the end of a count',
    'identity.expiresAt + BUDGET_KEEP_SECONDS',
    'identity.expiresAt',
  ),
  use('REP-06 the mark beside the count', 'spendBudget({ ...count, mark })', 'spendBudget(count)'),
  key('REP-06 the issuer of a job', "['budget', issuer, rule,", "['budget', rule,"),
  key('REP-06 the rule of a count', 'issuer, rule, path, job]', 'issuer, path, job]'),
  key('REP-06 the claim of a count', 'rule, path, job]', 'rule, job]'),
  rendering('REP-06 a job without an id', "job === undefined || typeof job === 'boolean'", 'false'),
  narrowing('budget: a narrower token is counted already', ', budget: undefined }', ' }'),
  compiling('REP-06 a claim that can be counted by', 'COUNTABLE.has(type)', "type !== ''"),
  compiling(
    'REP-06 a job of the provider',
    "source.on_excess ?? 'deny'",
    "source.on_excess ?? 'alert'",
  ),
  counting('REP-06 the limit', 'if (used < grants)', 'if (used >= 0)'),
  counting('REP-06 the first excess', 'isFirst: exceeded === 0', 'isFirst: true'),
  counting('REP-06 the later end', 'until = MAX(until, excluded.until)', 'until = excluded.until'),
  ledger('REP-06 a mark without a token', 'counted === undefined || isRefused', 'false'),
  ledger(
    'REP-06 the end of a row',
    'FROM budgets WHERE until <= ?',
    'FROM budgets WHERE until <= ? + 1',
  ),
  ledger(
    'budget: an alarm for a mark beside counts',
    'alarm === null || alarm > latest',
    'alarm === null',
  ),
  ledger(
    'budget: an alarm for counts alone',
    'else if (budgets === 1) await',
    'else if (budgets > 1) await',
  ),
  together(
    'budget: calls of one turn write together',
    'isSingleLedger(this.env) ? createNextTurn()',
    'false ? createNextTurn()',
  ),
  alert(
    'budget: one alert for a job',
    "budget?.excess !== 'first'",
    'budget?.excess === undefined',
  ),
  sender('LOG-12 redirects', "redirect: 'manual'", "redirect: 'follow'"),
  sender('LOG-12 a receiver that hangs', '      signal,\n', ''),
  sender('LOG-12 attempts', 'attempt >= ALERT_ATTEMPTS', 'attempt >= 99'),
  sender('LOG-11 alerts a minute', 'sent > MAX_ALERTS_PER_MINUTE', 'sent > 99'),
  sender('alerts: bytes', 'jwt.length > MAX_ALERT_CHARACTERS', 'jwt.length > 99_999'),
  sender('alerts: a clock that was set back', 'Math.abs(now() - windowAt)', '(now() - windowAt)'),
  sender('alerts: a receiver that waited too long', 'status === 408 || ', ''),
  sender('alerts: one line of the log', 'if (!isRepeated) log(', 'log('),
  sender(
    'alerts: keys that cannot be loaded',
    "  } catch {\n    return 'no_",
    "  } catch {\n    if (url) return undefined\n    return 'no_",
  ),
  sender('alerts: longer waits', 'await wait(attempt * ', 'await wait('),
  sender('alerts: what is refused is not repeated', '!mayRetry || ', ''),
  token('LOG-11 the type of an alert', 'typ: SECURITY_EVENT_TYP', "typ: 'at+jwt'"),
  token('LOG-11 the receiver of an alert', 'aud: new URL(url).origin', 'aud: url'),
  token('alerts: the length of a fact', '.slice(0, MAX_ALERT_FACT_CHARACTERS)', ''),
  noting('REP-07 a new value', 'lastAt !== undefined || isFirst', 'true'),
  noting('REP-07 the first value', ' && !hasOther(sql, use)', ' && false'),
  noting('REP-07 a dormant rule', 'dormantDays * DAY_MILLISECONDS', '99 * DAY_MILLISECONDS'),
  noting('REP-07 a use that arrives late', 'MAX(last_at, excluded.last_at)', 'excluded.last_at'),
  noting('alerts: values of a rule', 'MAX_USE_VALUES - 1,', '99_999,'),
  noting('alerts: the last use of a rule is kept', "kind <> 'rule' AND ", ''),
  reporting(
    'alerts: one place for a rule',
    'JSON.stringify([rule, resource])',
    'String(Math.random())',
  ),
  reporting('alerts: a use that was not reported', '        continue\n', ''),
  collecting('alerts: nothing of the caller', "if (mode === 'none') return uses", ''),
  collecting('alerts: grants alone', "outcome !== 'granted' || ", ''),
  shard(
    'alerts: a batch without a report',
    'this.#alerts.report(request.uses)',
    'void request.uses',
  ),
  use(
    'REP-01 a restored gateway, and a rule that needs no mark',
    "grant.replay !== 'reuse' && use.isMarkLost",
    'use.isMarkLost',
  ),
  together(
    'budget: counts of one turn share a commit',
    '    await this.#nextTurn?.()\n    return this.#count(request)',
    '    return this.#count(request)',
  ),
  together(
    'budget: exchanges of one turn share a commit',
    '    await this.#nextTurn?.()\n    return this.#spend(mark, request)',
    '    return this.#spend(mark, request)',
  ),
  together(
    'budget: proofs of one turn share a commit',
    '    await this.#nextTurn?.()\n    if (!(await this.#claim(proof)))',
    '    if (!(await this.#claim(proof)))',
  ),
]
