/** Mutants of the way from the trust store to the isolates: key epochs and questions about keys. */
import { type Mutant, mutant } from './mutant.ts'

const epochTests = 'test/worker/objects/trust-store/key-epoch'
const rows = mutant('src/worker/objects/trust-store/issuer-key-rows.ts', 'worker', epochTests)
const epoch = mutant('src/worker/objects/trust-store/key-epoch.ts', 'worker', epochTests)
const sets = mutant('src/worker/objects/trust-store/issuer-keys.ts', 'worker', epochTests)
const known = mutant(
  'src/worker/objects/trust-store/issuer-keys.ts',
  'worker',
  'test/worker/objects/trust-store/trust-store.issuer-keys',
)
const sources = mutant('src/worker/objects/trust-store/key-sources.ts', 'worker', epochTests)
const applied = mutant('src/worker/trust-layers/apply-keys.ts', 'worker', epochTests)
const releases = mutant(
  'src/worker/trust-layers/apply-keys.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.keys',
)

const questions = mutant(
  'src/worker/caches/trust/key-questions.ts',
  'worker',
  'test/worker/caches/trust/key-questions',
)
const refreshed = mutant(
  'src/worker/caches/trust/refresh-keys.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.keys',
)
const overlapping = mutant(
  'src/worker/caches/trust/trust-snapshot.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.overlap',
)
const cooled = mutant(
  'src/worker/objects/trust-store/issuer-keys.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.keys',
)
const shard = mutant(
  'src/worker/objects/decision-log/counters/issuer-counts.ts',
  'worker',
  'test/worker/objects/decision-log/counts',
)
const counting = mutant(
  'src/worker/objects/durable-ports.ts',
  'worker',
  'test/worker/routes/admin/issuers',
)
const ledger = mutant(
  'src/worker/objects/replay-ledger/replay-ledger.ts',
  'worker',
  'test/worker/objects/replay-ledger/replay',
)

const LOG = 'src/worker/objects/revocation-log'
const LOG_TESTS = 'test/worker/objects/revocation-log'
const heard = mutant(
  'src/worker/objects/trust-reader/newest-pointer.ts',
  'worker',
  'test/worker/objects/trust-reader/reader-pointer',
)
const restarted = mutant(
  `${LOG}/revocation-log.ts`,
  'worker',
  `${LOG_TESTS}/revocation-log.late-writes`,
)
const followed = mutant(`${LOG}/follow.ts`, 'worker', `${LOG_TESTS}/follow`)
const expiring = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/publication`)
const keeping = mutant(
  'src/worker/trust-layers/layer/attempt.ts',
  'worker',
  'test/worker/trust-layers/content/load-content',
)
const revocations = mutant(
  'src/worker/caches/revocations/nearest-revocations.ts',
  'worker',
  'test/worker/caches/revocations/nearest-revocations',
)
const learned = mutant(
  'src/worker/trust-layers/store-time.ts',
  'worker',
  'test/worker/trust-layers/clocks',
)

export const DISTRIBUTION_MUTANTS: readonly Mutant[] = [
  rows('NET-13 a removal raises the epoch', ', removed_at = latest + 1', ''),
  sources('NET-13 deleted issuers are marked', 'if (deleted.rowsWritten > 0) markRemoved(sql)', ''),
  sources(
    'NET-13 a deleted and named issuer is marked',
    "if (inserted.rowsWritten > 0) markChanged(sql, url, 'keys')",
    '',
  ),
  sets(
    'a set that isolates have as empty is sent again',
    "isSame && row.is_emptied === 0 ? 'row'",
    "isSame ? 'row'",
  ),
  sets(
    'a fetch without a usable key is marked',
    "if (showsNoKey) markChanged(sql, url, 'row')",
    '',
  ),
  epoch(
    'NET-13 keys that do not fit are removed',
    '      removed.push(url)\n      keyEpoch = ',
    '      keyEpoch = ',
  ),
  epoch('keys that do not fit follow', 'keyEpoch = Math.min(keyEpoch, keysEpoch - 1)', ''),
  epoch('a policy does not hold back the document', 'if (left >= 0 || isFirst)', 'if (left >= 0)'),
  epoch('an epoch of another store', 'known > latest ? NO_EPOCH : known', 'known'),
  epoch('NET-14 sets with a future timestamp', ' OR fetched_at > ?)', ' OR fetched_at > ? + 1e12)'),
  applied('NET-13 removed keys', 'for (const url of delta.removed) kept.delete(url)', ''),
  applied(
    'NET-13 keys of deleted issuers',
    'for (const url of known.keys.keys()) if (!present.has(url)) kept.delete(url)',
    '',
  ),
  mutant('src/worker/trust-layers/apply-keys.ts', 'worker', 'test/worker/trust-layers/apply-keys')(
    'NET-13 newer keys of a single question',
    'version >= (',
    'version >= 0 * (',
  ),
  releases(
    'keys from a store of the last release',
    'if (known.instance !== instance) {',
    'if (known.keys.size === 0) {',
  ),
  questions(
    'NET-08 no question within the cool-down',
    'const memory = memoryOf(subject)\n      if (isQuiet(memory)) return refuse(memory)\n',
    'const memory = memoryOf(subject)\n',
  ),
  questions('NET-14 a cool-down with a future timestamp', 'return age >= 0 && age', 'return age'),
  questions(
    'NET-08 the isolate refuses no longer than the store',
    'Math.min(quietSeconds, KEY_COOLDOWN_SECONDS)',
    'quietSeconds',
  ),
  questions(
    'NET-08 the cool-down counts from the question',
    'memory.askingSince ?? clock()',
    'clock()',
  ),
  questions(
    'tokens without a key id hide no rotation',
    "hasKeyId ? 'kid' : 'no kid'",
    "hasKeyId ? 'kid' : 'kid'",
  ),
  questions(
    'memories are bounded',
    'if (memories.size > MAX_MEMORIES && oldest !== undefined) memories.delete(oldest)',
    'void oldest',
  ),
  refreshed(
    'tokens without a key id ask once for a snapshot',
    'if (!subject.hasKeyId && isSame) quietSeconds = SNAPSHOT_REVALIDATE_SECONDS',
    '',
  ),
  cooled(
    'NET-08 the rest of the cool-down',
    'return Math.min(asked + KEY_COOLDOWN_SECONDS, from + most + 1) - at',
    'return KEY_COOLDOWN_SECONDS',
  ),
  shard('rows of the decision counts are bounded', 'if (rows <= MAX_COUNT_ROWS) return', 'return'),
  shard('the newest counts are kept', 'ORDER BY counted_at, ', 'ORDER BY '),
  shard('the start of the counts', 'Math.min(sum.since, since)', 'since'),
  counting(
    'counts that cannot be read are reported',
    "isComplete && counts.length === shards.length ? 'on' : 'incomplete'",
    "'on'",
  ),
  ledger('WRK-10 an alarm for the marks after a purge', 'this.#hasAlarm = false\n', '\n'),
  ledger(
    'WRK-10 an alarm for the first mark',
    'return false\n    if (!this.#hasAlarm) await',
    'return false\n    if (false) await',
  ),
  ledger('one row for a mark', "'DROP INDEX marks_by_end;'", "'SELECT 1;'"),
  overlapping('an answer that was overtaken is not used', ' && !isOvertaken', ''),
  overlapping('NET-13 overtaken keys are not used', ' || keyEpoch < held.keyEpoch', ''),
  overlapping(
    'a restored store is followed',
    'held?.question !== before?.question && isOlder',
    'isOlder',
  ),
  heard('NET-14 a slow answer is no time in the future', 'heardAt = clock()', 'heardAt = at'),
  restarted(
    'a log that starts again publishes in time',
    '      else await this.#scheduleBy(REVOCATION_PURGE_SECONDS * 1000)\n',
    '',
  ),
  followed('NET-14 a reader that asked in the future', 'age < 0 || age', 'age'),
  expiring('a segment stays in KV from now', 'Math.max(endsAt, at) +', 'endsAt +'),
  keeping(
    'a data centre that takes nothing is counted',
    "faults.count(name, error instanceof LayerError ? error.fault : 'unreachable', clock())",
    'void error',
  ),
  learned(
    'NET-14 a clock that is set back after an answer',
    'learn(at, askedAt) {\n      read()',
    'learn(at, askedAt) {',
  ),
  revocations(
    'NET-14 the log tells the time',
    'time.learn(pointer?.published_at, askedAt)',
    'void askedAt',
  ),
  sets('NET-13 the age of an empty set', ' && isYoung(noKeyAt, at, most)) {', ') {'),
  sets(
    'NET-13 an empty set after a failed fetch',
    'showsNoKey ? at : row.no_key_at',
    'showsNoKey ? at : null',
  ),
  sets('the order of due issuers', 'BY next_fetch_at LIMIT ?', 'BY next_fetch_at DESC LIMIT ?'),
  known('NET-10 an issuer that publishes keys again', 'no_key_at = NULL, is_emptied', 'is_emptied'),
]
