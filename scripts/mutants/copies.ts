/** Mutants of copies: `backup` and `restore`, `export` and `import`, and the files of `init`. */
import { type Mutant, mutant } from './mutant.ts'

const state = (file: string) =>
  mutant(`src/cli/backup/state/${file}.ts`, 'conformance', 'test/cli/backup/state')
const setup = (file: string, test: string) =>
  mutant(`src/cli/setup/${file}.ts`, 'conformance', `test/cli/setup/${test}.test`)

const manifest = state('manifest')
const restore = state('restore-state')
const copy = state('copy-state')
const HISTORY = 'test/worker/routes/admin/trust-history'
const history = mutant('src/worker/objects/trust-store/history.ts', 'worker', HISTORY)
const store = mutant('src/worker/objects/trust-store/trust-store.ts', 'worker', HISTORY)
const compared = setup('folder/compare', 'init.again')
const together = setup('folder/write-all', 'init.again')
const secret = setup('folder/write-all', 'init')
const upload = setup('folder/signing-keys', 'deploy')
const cloudflare = setup('deploy/cloudflare', 'deploy')

export const COPY_MUTANTS: readonly Mutant[] = [
  manifest('ADM-15 the digest of a manifest', ' || digestOf(body) !== sha256', ''),
  manifest(
    'ADM-15 a path out of the directory',
    'const path = z\n  .string()\n  .check(',
    'const path = z.string()\nz.string()\n  .check(',
  ),
  manifest('ADM-15 a link', ' | (constants.O_NOFOLLOW ?? 0)', ''),
  restore('restore: a directory with files', 'if (names.length === 0) return', 'return'),
  copy(
    'KEY-12 the mode of a key in a backup',
    "text, { mode: 0o600, flag: 'wx' }",
    "text, { flag: 'wx' }",
  ),
  copy('KEY-12 a backup without keys', 'hasKeys ? await', 'true ? await'),
  history(
    'ADM-08 documents into a gateway with revisions',
    'if (latestRevision(sql) !== undefined) return false',
    '',
  ),
  history(
    'ADM-15 a history without its newest document',
    'if (!kept && index === revisions.length - 1)',
    'if (false)',
  ),
  history(
    'NET-14 the difference of clocks in a history',
    'appliedAt > at + CLOCK_LEEWAY_SECONDS',
    'appliedAt > at',
  ),
  history(
    'a document that a history does not keep',
    'if (!kept) clearStaged(sql, summary.revision, summary.revision)',
    '',
  ),
  history(
    'the token of an author in a history',
    '...(tokenId === undefined ? {} : { token_id: tokenId }),',
    '',
  ),
  store(
    'ADM-08 a history into a gateway with revisions',
    'bytes: read.value, ifRevision: 0',
    'bytes: read.value, ifRevision: latestRevision(this.ctx.storage.sql)?.revision ?? 0',
  ),
  compared(
    'init: a file of somebody else',
    "return file.isOptional ? 'kept' : 'foreign'",
    "return 'changed'",
  ),
  compared('init: an edited file', "digest(present) === last ? 'changed' : 'edited'", "'changed'"),
  together('init: all files or none', 'else writeFileSync(target, before)', ''),
  secret('KEY-12 init: the mode of the keys', 'SECRET_MODE = 0o600', 'SECRET_MODE = 0o644'),
  upload(
    'KEY-12 deploy: the file of an upload',
    '  } finally {\n    rmSync(path, { force: true })\n  }',
    '  } finally {\n  }',
  ),
  cloudflare('deploy: keys that Cloudflare does not list', 'missing.length > 0', 'false'),
]
