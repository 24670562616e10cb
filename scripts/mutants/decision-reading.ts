/** Mutants of reading the decision log: questions, pages, explanations, exports and their verifier. */
import { type Mutant, mutant } from './mutant.ts'

const ADMIN = 'test/worker/routes/admin'

const list = mutant('src/worker/routes/admin/decisions.ts', 'worker', `${ADMIN}/decisions.test`)
const pages = mutant(
  'src/cli/decisions/commands/list.ts',
  'conformance',
  'test/cli/decisions/list.pages.test.ts',
)
const tables = mutant(
  'src/worker/objects/decision-log/tables.ts',
  'worker',
  'test/worker/objects/decision-log/terms',
)
const match = mutant('src/core/decisions/match.ts', 'core', 'test/core/decisions/match')
const search = mutant('src/contract/decisions/search.ts', 'worker', `${ADMIN}/decisions.test`)
const cursor = mutant('src/core/decisions/cursor.ts', 'core', 'test/core/decisions/cursor')
const merge = mutant(
  'src/core/decisions/merge-pages.ts',
  'core',
  'test/core/decisions/merge-pages.property',
)
const partly = mutant(
  'src/core/decisions/explain-partly.ts',
  'core',
  'test/core/decisions/explain-record',
)
const known = mutant(
  'src/core/decisions/known-claims.ts',
  'core',
  'test/core/decisions/explain-record',
)
const record = mutant(
  'src/core/decisions/explain-record.ts',
  'core',
  'test/core/decisions/explain-record',
)
const LOWERED = `${ADMIN}/decisions.lowered`
const shards = mutant('src/worker/objects/decision-log/shards.ts', 'worker', LOWERED)
const announced = mutant('src/worker/objects/known-shards.ts', 'worker', LOWERED)
const LOG = 'test/worker/objects/decision-log'
const found = mutant('src/worker/objects/decision-log/find-records.ts', 'worker', `${LOG}/terms`)
const terms = mutant('src/worker/objects/decision-log/terms.ts', 'worker', `${LOG}/terms`)
const exported = mutant(
  'src/worker/routes/admin/decisions-export.ts',
  'worker',
  `${ADMIN}/decisions-export`,
)
const rows = mutant('src/worker/admin-endpoints.ts', 'worker', `${ADMIN}/table`)
const render = mutant(
  'src/cli/decisions/render-decision.ts',
  'conformance',
  'test/cli/decisions/commands',
)
const signed = mutant(
  'src/core/decisions/verify-checkpoint.ts',
  'conformance',
  'test/cli/decisions/audit-verify',
)
const lines = mutant(
  'src/cli/decisions/read-export.ts',
  'conformance',
  'test/cli/decisions/audit-verify',
)
const files = mutant(
  'src/cli/decisions/verify-files.ts',
  'conformance',
  'test/cli/decisions/audit-verify',
)

export const DECISION_READING_MUTANTS: readonly Mutant[] = [
  rows(
    'ADM-02 the guard of adminDecisions',
    "'decisions:read',\n    parameters: 'by_route',\n    handler: getDecisionsRoute",
    "'none',\n    parameters: 'by_route',\n    handler: getDecisionsRoute",
  ),
  rows(
    'ADM-02 the guard of adminDecisionsExport',
    "'decisions:read',\n    parameters: 'by_route',\n    response",
    "'none',\n    parameters: 'by_route',\n    response",
  ),
  rows(
    'ADM-02 the guard of adminDecision',
    "'decisions:read',\n    handler: getDecisionRoute",
    "'none',\n    handler: getDecisionRoute",
  ),
  pages('a reader that is slow', 'await passPlain(', 'void passPlain('),
  search('LOG-09 a misspelt filter', 'if (!known.includes(name)) {', 'if (false) {'),
  search('LOG-09 a reason that no grant has', "outcome !== 'denied'", 'false'),
  list('LOG-09 an unknown reason', 'if (reason !== undefined) return refuseFilter([reason])', ''),
  search('LOG-09 a repeated filter', 'parameters.getAll(name).length > 1', 'false'),
  search('LOG-09 a period that is too long', 'if (end - start <= longest)', 'if (true)'),
  cursor(
    'LOG-09 a cursor of another question',
    'digest !== digestOf([question, from, to])',
    'false',
  ),
  cursor('LOG-09 a cursor of another period', 'JSON.stringify(asked)', 'asked[0]'),
  merge('LOG-09 a shard that stopped early', 'stop === undefined || at > stop', 'true'),
  merge('LOG-09 the page after a full one', 'found.length > limit ||', ''),
  known('LOG-10 an unrecorded claim is unknown', 'if (claims === undefined) return false', ''),
  partly('LOG-10 an expression is not judged', 'rule.expression !== expression', 'false'),
  record('LOG-10 the explanation agrees with the record', 'decision.rule === record.rule', 'true'),
  exported('LOG-06 parts around purged batches', 'continues && part.after !== after', 'false'),
  exported('LOG-06 an export has a checkpoint', 'await decisionLog.checkpoint(shard)', ''),
  shards('LOG-09 the shards beyond DECISION_SHARDS', 'Math.max(count, known)', 'count'),
  shards(
    'metrics without the first shard',
    'if (!(error instanceof Unavailable)) throw error',
    'throw error',
  ),
  announced(
    'a shard is announced again',
    'await first.noteShard(shard))())\n    sql',
    'undefined)())\n    sql',
  ),
  found('LOG-09 a block without a filter', 'filter === null || ', 'filter !== null && '),
  terms('LOG-09 the filter of a block has every term', 'bytes[bit >>> 3] ?? 0) |', '0) |'),
  terms(
    'LOG-09 the filter of a block has the resources of denials',
    "name === 'resource' ? resourceOf(record) : ",
    '',
  ),
  tables('LOG-09 filters of an earlier version', "'DELETE FROM block_filters'", "'SELECT 1'"),
  match('LOG-09 a denial has the resource that was asked for', ' ?? record.asked?.resource', ''),
  render('ADM-13 text of a caller in a list', "'-' : makePlain(text)", "'-' : text"),
  signed(
    'LOG-06 the signature of a checkpoint',
    'verifySignature(key, alg, signed, signature)',
    'true',
  ),
  lines('LOG-06 bytes that are not UTF-8', 'fatal: true', 'fatal: false'),
  files('LOG-06 files of two chains', 'missing === 0 && file.previous !== before.head', 'false'),
  files('LOG-06 a kept checkpoint', 'file.keptSequence <= file.lastSequence', 'true'),
  files('LOG-06 files with other batches', 'overlaps ||= missing < 0', ''),
]
