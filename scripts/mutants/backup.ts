/** Mutants of backups: consistent copies, changed bytes, and the import of a history. */
import { type Mutant, mutant } from './mutant.ts'

const copy = mutant(
  'src/cli/backup/state/copy-database.ts',
  'conformance',
  'test/cli/backup/copy-database.test',
)
const read = mutant(
  'src/cli/backup/portable/read-export.ts',
  'conformance',
  'test/cli/backup/read-export.test',
)
const acceptance = mutant(
  'src/cli/backup/portable/accept-document.ts',
  'conformance',
  'test/cli/backup/import.document.test',
)
const kept = mutant(
  'src/cli/decisions/kept-checkpoints.ts',
  'conformance',
  'test/cli/decisions/kept-checkpoints.test',
)
const revocations = mutant(
  'src/cli/revocations/export-file.ts',
  'conformance',
  'test/cli/revocations/export-file.test',
)
const planted = mutant(
  'src/cli/backup/state/manifest.ts',
  'conformance',
  'test/cli/backup/strange-files.test',
)
const manifest = mutant(
  'src/cli/backup/state/manifest.ts',
  'conformance',
  'test/cli/backup/state.test',
)
const HISTORY = 'test/worker/routes/admin/trust-history.test'
const history = mutant('src/worker/objects/trust-store/history.ts', 'worker', HISTORY)
const route = mutant('src/worker/routes/admin/trust-history.ts', 'worker', HISTORY)
const endpoint = mutant(
  'src/core/endpoint/token-endpoint.ts',
  'core',
  'test/core/endpoint/token-endpoint.downscope',
)
const use = mutant(
  'src/core/endpoint/after-verification.ts',
  'core',
  'test/core/endpoint/token-endpoint.replay.test',
)
const version = mutant(
  'src/dev/serve/state-version.ts',
  'node',
  'test/dev/serve/state-version.test',
)
const file = mutant('src/dev/files/safe-files.ts', 'node', 'test/dev/files/safe-files.test')
const access = mutant('src/dev/files/safe-files.ts', 'node', 'test/dev/serve/state-dir.test')
const objects = mutant(
  'src/dev/serve/stored-objects.ts',
  'node',
  'test/dev/serve/stored-objects.test',
)
const changes = mutant(
  'src/dev/serve/stored-changes.ts',
  'node',
  'test/dev/serve/stored-changes.test',
)
const pages = mutant('src/dev/serve/stored-pages.ts', 'node', 'test/dev/serve/stored-changes.test')
const whole = mutant(
  'src/cli/backup/state/copy-state.ts',
  'conformance',
  'test/cli/backup/incomplete.test',
)
const outside = mutant(
  'src/cli/backup/state/outside.ts',
  'conformance',
  'test/cli/backup/outside.test',
)
const restored = mutant('src/dev/serve/restored.ts', 'node', 'test/dev/serve/restored.test')

export const BACKUP_MUTANTS: readonly Mutant[] = [
  kept('LOG-06 the checkpoints of an export of a gateway', "=== 'gateway'", "=== 'revocations'"),
  acceptance(
    'ADM-08 the document of the newest revision',
    'newest?.digest !== digest',
    'newest === undefined',
  ),
  acceptance('ADM-08 findings that nobody accepted', '!options.acceptsFindings', 'false'),
  copy('WAL that was started again', 'after.log === before.log &&', ''),
  copy('WAL of a closed database', '(hasLog || after.database === before.database)', 'true'),
  read('ADM-15 a changed byte of a part', "&& end.sha256 === hash.digest('hex')", ''),
  read(
    'ADM-15 a changed byte between the parts',
    "manifest?.sha256 !== whole.digest('hex')",
    'false',
  ),
  revocations(
    'revocations: S19 plain lines',
    'makePlainJson(JSON.stringify(row))',
    'JSON.stringify(row)',
  ),
  revocations('an export of revocations without a row', 'expected.lines !== lines', 'false'),
  revocations('a changed export of revocations', 'expected.sha256 !== hash', 'false'),
  manifest('ADM-15 a changed byte of a file', " || hash.digest('hex') !== sha256", ''),
  manifest('ADM-15 a changed byte of a manifest', 'render(parsed.data) !== text || ', ''),
  manifest('ADM-15 a path that leaves the directory', '`^(?:objects', '`(?:objects'),
  history('ADM-03 keys of an issuer of the policy', 'named?.isPolicy !== 0 || ', ''),
  history(
    'ADM-08 another document than the revision names',
    '(await digestOf(newest)) !== digest',
    'false',
  ),
  route(
    'AD-01 any text after which keys are listed',
    '!/^(https?:\\/\\/\\S+)?$/.test(after)',
    'false',
  ),
  route('REP-01 the marks of the gateway before', 'history.issuer === settings.issuer', 'false'),
  use('REP-01 a token whose mark may be lost', '&& use.isMarkLost', '&& false'),
  endpoint(
    'REP-01 a copy of a token whose mark may be lost',
    'isMarkLost(marked.claims,',
    'isMarkLost(identity.claims,',
  ),
  planted('ADM-15 a manifest that names a file twice', 'size === files.length', 'size > 0'),
  version('REP-01 a state with marks in many objects', 'version.singleLedger === true', 'true'),
  file(
    'KEY-12 a key that is lost on a full disk',
    "openSync(next, 'wx', 0o600)",
    "(openSync(next, 'wx', 0o600), openSync(path, 'w', 0o600))",
  ),
  access('serve: S13 a lock that is no file', 'found?.isFile() === false', 'false'),
  access('a database of another user', 'requireAccess(join(path, name), checkAccess)', 'void name'),
  restored(
    'REP-01 the time of a restore',
    'given === undefined || given < own ? own : given',
    'given',
  ),
  whole('WRK-13 a backup of a state that lost a database', '  requireWhole(stateDir)\n', ''),
  objects('WRK-13 an empty database that took the place', 'lost.includes(name) || ', ''),
  objects('WRK-13 a database that is replaced', 'isSame(name, file) && ', ''),
  changes('WRK-13 a log that was deleted', 'return readPages(path, mark) === mark', 'return false'),
  changes('a database that is damaged', ' || !isDatabase(path)', ''),
  changes(
    'WRK-13 a log that a copy lacks',
    'readIndex(path))) return mark',
    'readIndex(path))) return',
  ),
  changes(
    'WRK-13 a mark of a log without its index',
    'if (index === undefined) return former',
    'if (index === undefined) return',
  ),
  objects('WRK-13 a lost database that is not listed', ', ...list.lost])', '])'),
  pages('a log that begins', 'if (size?.byteLength !== 4) return undefined', ''),
  pages(
    'WRK-13 a page that is in the file already',
    '.equals(page)) pages',
    '.equals(page) || true) pages',
  ),
  changes(
    'WRK-13 a file that is missing, or has no bytes',
    'if (sizeOf(path) === 0) return true',
    '',
  ),
  changes(
    'WRK-13 a file without tables',
    'return page.readUInt8(100) === TABLE_LEAF && page.readUInt16BE(103) === 0',
    'return false',
  ),
  changes('WRK-13 a file whose tables are in its log', 'if (hasLog(path)) return false', ''),
  changes(
    'WRK-13 a log whose changes are in the file',
    'if (index.frames === index.framesInFile) return undefined',
    '',
  ),
  objects('WRK-13 a list that cannot be kept', 'if (isKept) onUnkept(', 'if (!isKept) onUnkept('),
  objects(
    'WRK-13 a database that is deleted beside a damaged list',
    '= recall()',
    '= readList(stateDir)',
  ),
  objects('WRK-13 a state without its version', '!isOwnFile(version)', 'false'),
  outside('backup: a link into the state directory', 'return realpathSync(whole)', 'return whole'),
  use(
    'REP-01 a token of unknown age after a restore',
    "typeof iat !== 'number' || iat <",
    "typeof iat === 'number' && iat <",
  ),
]
