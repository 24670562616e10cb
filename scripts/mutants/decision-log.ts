/** Mutants of the decision log: records, batches, the chain, upkeep and exports. */
import { type Mutant, mutant } from './mutant.ts'

const SHARD = 'src/worker/objects/decision-log'
const TESTS = 'test/worker/objects/decision-log'

const exchange = mutant(
  'src/core/endpoint/token-endpoint.ts',
  'worker',
  'test/worker/routes/token.audit',
)
const prepare = mutant(
  'src/core/endpoint/steps/prepare-token.ts',
  'worker',
  'test/worker/routes/token.audit',
)
const route = mutant('src/worker/routes/token.ts', 'worker', 'test/worker/routes/token.audit')
const build = mutant('src/core/decisions/build-record.ts', 'core', 'test/core/decisions')
const known = mutant('src/core/decisions/known-claims.ts', 'core', 'test/core/decisions')
const AUDIT = 'test/cli/decisions/audit-verify'
const batch = mutant('src/core/decisions/read-chain.ts', 'node', AUDIT)
const position = mutant('src/core/decisions/chain-position.ts', 'node', AUDIT)
const line = mutant('src/core/decisions/export-line.ts', 'node', AUDIT)
const VERIFY = 'test/core/decisions/verify-export'
const proven = mutant('src/core/decisions/chain-position.ts', 'core', VERIFY)
const end = mutant('src/core/decisions/read-chain.ts', 'core', VERIFY)
const CACHE = 'src/worker/caches/decisions'
const SENDER_TESTS = 'test/worker/caches/decisions/decision-sender'
const sender = mutant(`${CACHE}/decision-sender.ts`, 'worker', SENDER_TESTS)
const batches = mutant(`${CACHE}/decision-batches.ts`, 'worker', SENDER_TESTS)
const queue = mutant(`${CACHE}/decision-queue.ts`, 'worker', SENDER_TESTS)
const unsent = mutant(`${CACHE}/unsent-batches.ts`, 'worker', SENDER_TESTS)
const unsentTurns = mutant(
  `${CACHE}/unsent-batches.ts`,
  'worker',
  'test/worker/caches/decisions/unsent-batches',
)
const chain = mutant(`${SHARD}/chain.ts`, 'worker', `${TESTS}/append`)
const append = mutant(`${SHARD}/decision-log.ts`, 'worker', `${TESTS}/append`)
const upkeep = mutant(`${SHARD}/decision-log.ts`, 'worker', `${TESTS}/upkeep`)
const compact = mutant(`${SHARD}/compact.ts`, 'worker', `${TESTS}/upkeep`)
const retention = mutant(`${SHARD}/retention.ts`, 'worker', `${TESTS}/upkeep`)
const exported = mutant(`${SHARD}/export-chain.ts`, 'worker', `${TESTS}/export`)
const find = mutant(`${SHARD}/find-records.ts`, 'worker', `${TESTS}/find`)
const health = mutant(`${SHARD}/shard-health.ts`, 'worker', 'test/worker/routes/health.test')

const purge = mutant(
  'src/worker/objects/decision-log/retention.ts',
  'worker',
  'test/worker/objects/decision-log/retention',
)

export const DECISION_LOG_MUTANTS: readonly Mutant[] = [
  prepare(
    'LOG-05 a strict resource without a decision log',
    "if (resource.audit === 'strict' && !ports.keepsRecords) throw",
    'if (false) throw',
  ),
  exchange('LOG-05 the record of a token that was withheld', 'noteWithheld(facts)', ''),
  route(
    'LOG-05 a strict decision waits for its record',
    'return gateway.decisions.addDurably(event, evidence).then(note)',
    'return void gateway.decisions.addDurably(event, evidence).then(note, note)',
  ),
  known('LOG-07 claims that are not marked', '.filter(({ recorded }) => recorded)', ''),
  build(
    'LOG-07 claims of a deployment that keeps none',
    "identity === undefined || mode === 'none'",
    'identity === undefined',
  ),
  build(
    'LOG-07 the connection of a deployment that keeps no claims',
    "connection === undefined || mode === 'none'",
    'connection === undefined',
  ),
  build("LOG-07 the caller's address", "mode === 'all' && ip !== undefined", 'ip !== undefined'),
  build('LOG-07 the subject of an issued token', "mode === 'all' ||", 'true ||'),
  build('LOG-08 the length of a record', 'omitted.push(name)', 'break'),
  batches('LOG-08 the characters of a batch', 'characters > DECISION_BATCH_CHARACTERS', 'false'),
  queue('LOG-08 claims of tokens that wait', 'fresh.length >= DECISION_FORMAT_RECORDS', 'false'),
  queue(
    'decisions that are not text yet at a flush',
    '      formatFresh()\n      const taken',
    '      const taken',
  ),
  batches('what travels with decisions, once', 'index === 0 ? extras : {}', 'extras'),
  batches('batches are filled', 'characters = entry.line.length', ''),
  batches('the first moment of a batch', 'Math.min(...times)', 'times[0] ?? 0'),
  batches('the last moment of a batch', 'Math.max(...times)', 'times.at(-1) ?? 0'),
  unsent('LOG-08 the text of decisions that wait', 'characters > MAX_UNSENT_CHARACTERS', 'false'),
  unsent(
    'no more decisions are dropped than needed',
    'characters -= oldest.characters',
    'characters -= 0',
  ),
  unsentTurns(
    'a batch that another call is sending',
    ' || isWithin(DECISION_RESEND_MILLISECONDS, batch.sentAt)',
    '',
  ),
  unsentTurns(
    'a batch whose call was cancelled',
    'isWithin(DECISION_RESEND_MILLISECONDS, batch.sentAt)',
    'batch.sentAt !== undefined',
  ),
  unsentTurns('a batch that another call has sent', '!unsent.includes(batch) || ', ''),
  unsentTurns(
    'a dropped batch that the shard stores',
    'if (!isKept) dropped -= batch.request.lines.length',
    '',
  ),
  unsentTurns(
    'a dropped batch that the shard refuses',
    'if (isKept) unsent = [...unsent, batch]',
    'unsent = [...unsent, batch]',
  ),
  unsentTurns(
    'the pause after a failure, by a clock that was set back',
    'Math.abs(now() - at) < milliseconds',
    'now() - at < milliseconds',
  ),
  unsent('LOG-08 the decisions that wait', 'records > MAX_UNSENT_DECISIONS', 'false'),
  unsent(
    'LOG-08 a shard that failed is not asked at once',
    'if (isWithin(DECISION_RETRY_MILLISECONDS, failedAt)) return false',
    '',
  ),
  sender(
    'a withheld decision has a batch of its own',
    'if (event.part === DECISION_LOG) {',
    'if (false) {',
  ),
  unsent(
    'a refused batch is sent last',
    'unsent = [...unsent, batch]',
    'unsent = [batch, ...unsent]',
  ),
  chain('LOG-08 the size of a batch', 'characters > DECISION_BATCH_CHARACTERS', 'false'),
  chain('LOG-06 a line feed in a record', " || line.includes('\\n')", ''),
  chain('LOG-06 a decision of another shard', 'readDecisionId(id)?.shard !== shard', 'false'),
  chain('LOG-06 a shard of another number', 'if (chain.shard !== shard) throw', 'if (false) throw'),
  chain('LOG-06 a batch that is sent again', 'if (known !== undefined) return known.sequence', ''),
  chain(
    'LOG-06 a batch that was hashed after another head',
    'chain.head === batch.previous',
    'true',
  ),
  append(
    'LOG-06 a compressed batch that is sent again',
    'if (known !== undefined) return { sequence: known }',
    '',
  ),
  append('an early alarm of a crowded shard', 'isCrowded(chain) && !isSoon', 'false'),
  upkeep(
    'an alarm after a failure',
    "fault = 'upkeep_failed'\n      log",
    'throw error\n      log',
  ),
  compact(
    'LOG-06 batches are compressed once',
    'if (!isFirstBatch(sql, first.sequence)) return',
    '',
  ),
  compact('a clock in the future', 'Math.abs(now - row.time)', '(now - row.time)'),
  retention(
    'LOG-06 nothing is purged before its export',
    'if (needsExport && block.last_sequence > chain.exported_sequence) return false',
    '',
  ),
  exported(
    'LOG-06 an export begins in a block',
    'if (batch.sequence === start) previous = batch.head',
    'previous ??= batch.head',
  ),
  find('a page goes on after its position', 'comparePositions(before, record) < 0', 'true'),
  batch('LOG-06 a changed record', 'if (written.head !== head) {', 'if (false) {'),
  line('LOG-06 another form of a line', ' && JSON.stringify(parsed.data) === line', ''),
  batch('LOG-06 a missing batch', 'if (next !== expected)', 'if (false)'),
  position(
    'LOG-06 a checkpoint of another batch',
    'if (claims.sequence !== sequence) {',
    'if (false) {',
  ),
  proven(
    'LOG-06 a checkpoint of the export with another head',
    'if (claims.head !== head) return describeChange(sequence)',
    '',
  ),
  proven(
    'LOG-06 a checkpoint of another deployment',
    'claims.iss !== iss || claims.shard !== shard',
    'claims.shard !== shard',
  ),
  proven(
    'LOG-06 a checkpoint of another shard',
    'claims.iss !== iss || claims.shard !== shard',
    'claims.iss !== iss',
  ),
  proven('LOG-06 what a kept checkpoint proves', 'if (here.length > 0) proven = sequence', ''),
  proven(
    'LOG-06 a kept checkpoint of another deployment',
    'claims.iss === iss && claims.shard === shard',
    'claims.shard === shard',
  ),
  proven(
    'LOG-06 a kept checkpoint of another shard',
    'claims.iss === iss && claims.shard === shard',
    'claims.iss === iss',
  ),
  end('LOG-06 an export that does not begin its chain', 'header.after === 0', 'true'),
  health(
    'a shard without checkpoints',
    "known.isUnsigned ? [{ shard, fault: 'checkpoint_missing' }] : []",
    '[]',
  ),
  purge('retention: a block at the bound', 'block.to_at >= before', 'block.to_at > before'),
  purge(
    'retention: checkpoints of purged blocks',
    "sql.exec('DELETE FROM checkpoints WHERE sequence < ?', block.last_sequence)",
    '',
  ),
  purge(
    'retention: the checkpoint of the new beginning',
    'checkpoints WHERE sequence < ?',
    'checkpoints WHERE sequence <= ?',
  ),
  purge('retention: how far a purge went', 'MAX(COALESCE(purged_to, 0), ?)', '?'),
]
