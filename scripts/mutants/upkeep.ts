/** Mutants of what a shard of the decision log does by alarm: checkpoints, exports and purges. */
import { type Mutant, mutant } from './mutant.ts'

const ALARM = 'test/worker/objects/decision-log/alarm'
const SHARD = 'src/worker/objects/decision-log'
const alarm = mutant(`${SHARD}/decision-log.ts`, 'worker', ALARM)
const delivery = mutant(`${SHARD}/checkpoints.ts`, 'worker', ALARM)
const exporting = mutant(`${SHARD}/retention.ts`, 'worker', ALARM)

export const UPKEEP_MUTANTS: readonly Mutant[] = [
  delivery('checkpoints: delivered once', ' || latest.delivered_at !== null', ''),
  delivery('checkpoints: redirects', "redirect: 'manual'", "redirect: 'follow'"),
  delivery('checkpoints: a receiver that hangs', '    signal,\n', ''),
  delivery('checkpoints: a refusal', '!response.ok', 'response.status >= 500'),
  delivery(
    'checkpoints: no active key',
    'if (key === undefined) return false',
    'if (key === undefined) return true',
  ),
  exporting(
    'export: a bucket that hangs',
    'DECISION_EXPORT_TIMEOUT_MILLISECONDS, bucket',
    '1e9, bucket',
  ),
  alarm(
    'upkeep: a pause after a failure',
    'if (isPaused) return readChain(this.ctx.storage.sql)?.fault ?? null\n',
    '',
  ),
  alarm(
    'upkeep: the fault stays during the pause',
    'return readChain(this.ctx.storage.sql)?.fault ?? null',
    'return null',
  ),
  alarm(
    'upkeep: a pause after the clock was set back',
    'Math.abs(now - this.#failedAt)',
    '(now - this.#failedAt)',
  ),
  alarm('upkeep: a failed checkpoint is a fault', 'checkpoint ?? exported', 'exported'),
  alarm('upkeep: a failed export is a fault', 'checkpoint ?? exported', 'checkpoint'),
  alarm(
    'upkeep: nothing is purged while a setting is wrong',
    'const settings = readSettings(this.env)\n',
    "const settings = readSettings({ ...this.env, DECISION_RETENTION_DAYS: '7' })\n",
  ),
  alarm(
    'upkeep: more to purge',
    'hasMore = (await this.#purge(settings)) || isBehind',
    'hasMore = !(await this.#purge(settings)) && isBehind',
  ),
  alarm(
    'upkeep: the alarm of a shard with nothing new',
    'recent > 0 ? DECISION_CHECKPOINT',
    'recent >= 0 ? DECISION_CHECKPOINT',
  ),
  alarm('upkeep: old days of use', '    forgetUsage(sql, this.now())\n', ''),
  alarm('upkeep: old uses of rules', '    this.#alerts.forget()\n', ''),
  alarm('upkeep: old series', '    forgetSeries(sql, this.now())\n', ''),
  alarm('upkeep: a shard that is behind signs less often', '(isBehind && isRecent)', '(false)'),
  alarm('upkeep: a shard that is behind signs', '(isBehind && isRecent)', 'isBehind'),
  alarm('upkeep: a shard that is not behind signs', '(isBehind && isRecent)', 'isRecent'),
]
