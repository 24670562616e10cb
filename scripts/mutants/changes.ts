/** Mutants of changing the trust document: the replay of a plan, its history, and going back. */
import { type Mutant, mutant } from './mutant.ts'

const REPLAY = 'test/analysis/replay/replay.test'

const reader = mutant(
  'src/analysis/replay/read-decisions.ts',
  'conformance',
  'test/cli/trust/replay.test',
)
const partly = mutant('src/analysis/replay/decide-partly.ts', 'core', REPLAY)
const evidence = mutant('src/analysis/replay/evidence.ts', 'core', REPLAY)
const compared = mutant('src/analysis/replay/compare-outcomes.ts', 'core', REPLAY)
const replay = mutant('src/analysis/replay/replay.ts', 'core', REPLAY)
const route = mutant(
  'src/worker/routes/admin/trust.ts',
  'worker',
  'test/worker/routes/admin/trust-revisions',
)
const rollback = mutant(
  'src/cli/trust/commands/rollback.ts',
  'conformance',
  'test/cli/trust/rollback',
)
const log = mutant(
  'src/cli/trust/revisions/render-revisions.ts',
  'conformance',
  'test/cli/trust/revisions',
)
const markdown = mutant(
  'src/cli/trust/replay/render-markdown.ts',
  'conformance',
  'test/cli/trust/replay.test',
)

export const CHANGE_MUTANTS: readonly Mutant[] = [
  reader(
    'LOG-21 the pages after the first',
    "page.next === undefined ? undefined : ask([...question, ['cursor', page.next]])",
    'undefined',
  ),
  reader(
    'LOG-21 the shards after the first',
    'await Promise.all(Array.from({ length: READERS }, readNext))',
    '',
  ),
  partly('LOG-21 a rule that may decide', 'if (open.length > 0) return', 'if (false) return'),
  evidence('LOG-21 a record of another revision', 'record.revision !== revision ||', ''),
  compared('LOG-21 a template of an unknown claim', 'if (open.length > 0)', 'if (false)'),
  replay('LOG-21 an issuer that changes', 'if (gap !== undefined)', 'if (false)'),
  route('ADM-13 the message of a revision', 'if (parsed.success) return', 'if (true) return'),
  rollback('ADM-08 lint of an earlier document', 'requireResolved({ trust, file }, true)', ''),
  log('ADM-13 text of an author in the log', 'columns.map(makePlain)', 'columns'),
  markdown('ADM-13 a pipe in a table', "cut.replaceAll('|', '\\\\|')", 'cut'),
]
