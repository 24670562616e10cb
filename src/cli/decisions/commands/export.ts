/** `edgemint decisions export`: writes the hash chain of shards to files, or one to stdout. */

import { rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Question } from '../../../analysis/in-house.ts'
import { parseObject } from '../../../client/in-house.ts'
import { MAX_SHARDS } from '../../../contract/decisions/id.ts'
import { makeDirectory } from '../../../dev/in-house.ts'
import { guardDisk } from '../../backup/guard-disk.ts'
import { keepAdminAccess } from '../../people/admin-access.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, parseNumber } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { MAX_SEQUENCE } from '../../shell/limits.ts'
import { say } from '../../shell/output.ts'
import { type Put, writeNewFile } from '../../shell/write-new-file.ts'
import type { AdminAccess } from '../../trust/admin-api.ts'
import { exportPart } from '../decisions-api.ts'
import { READ_FLAGS } from '../filter-flags.ts'

export const command = {
  synopsis: '(--out DIR | --shard NUMBER) --url URL [--token-file FILE] [FLAGS]',
  about: `Writes the decision log as NDJSON, one file for each shard, each a hash chain that ends with a signed
checkpoint. The command audit verify checks such files. The token file is read again for each part, so
another program can renew the token. A login is renewed too.`,
  flags: {
    ...READ_FLAGS,
    out: {
      value: 'DIR',
      about: 'write `decisions-SHARD.ndjson` for each shard; no file is replaced',
      completes: 'directories',
    },
    shard: {
      value: 'NUMBER',
      about: 'export only this shard, from 0; without `--out` it goes to stdout',
    },
    after: {
      value: 'SEQUENCE',
      about: 'begin after this batch, with `--shard`',
      default: 'the first batch that is kept',
    },
    json: { about: 'print `{ files: [{ shard, file, bytes }] }`, with `--out`' },
  },
  example:
    'npx edgemint decisions export --out ./export --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

const EXISTS = 'name another directory, or export the shards without a file one by one with --shard'

type Written = { readonly shard: number; readonly file: string; readonly bytes: number }

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  requireAdminUrl(values.url)
  const { out } = values
  const only = readNumber('--shard', values.shard, MAX_SHARDS - 1)
  const after = readNumber('--after', values.after, MAX_SEQUENCE)
  if (only === undefined && out === undefined) {
    throw usageFailure('name a directory with --out, or one shard with --shard')
  }
  if (after !== undefined && only === undefined) throw usageFailure('--after needs --shard')
  if (values.json && out === undefined) throw usageFailure('--json needs --out')
  if (out === undefined && currentIo().stdout.isTTY === true) {
    throw usageFailure('an export is not printed to a terminal: redirect it, or use --out')
  }
  const readAccess = await keepAdminAccess(values)
  if (out === undefined) {
    await exportShard(readAccess, only ?? 0, after, writeToStdout)
    return EXIT_CODES.done
  }
  const isNew = await guardDisk('nothing was exported', () => makeFolder(out))
  const files = await exportFiles(readAccess, out, only, after).catch(async (error: unknown) => {
    // A folder with files stays.
    if (isNew) await rmdir(out).catch(() => undefined)
    throw error
  })
  if (values.json) currentIo().stdout.write(`${JSON.stringify({ files }, null, 2)}\n`)
  return EXIT_CODES.done
}

async function exportFiles(
  readAccess: () => Promise<AdminAccess>,
  out: string,
  only: number | undefined,
  after: number | undefined,
): Promise<readonly Written[]> {
  const files: Written[] = []
  let shards = only === undefined ? 1 : only + 1
  for (let shard = only ?? 0; shard < shards; shard += 1) {
    const file = join(out, `decisions-${shard}.ndjson`)
    const exported = await guardDisk(`shard ${shard} was not exported`, () =>
      exportToFile(readAccess, shard, after, file),
    )
    if (only === undefined) shards = exported.shards
    files.push({ shard, file, bytes: exported.bytes })
    say(`shard ${shard}: ${file}, ${exported.bytes} bytes`)
  }
  return files
}

/** Returns whether the folder is new. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    const made = makeDirectory(path)
    if ((await stat(path)).isDirectory()) return made !== undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // EEXIST: a link without a target.
    if (code !== 'ENOTDIR' && code !== 'EEXIST') throw error
  }
  throw usageFailure(`cannot write to ${path}: it is not a directory; name another one`)
}

/** Returns the size too, which does not depend on what the file system says. */
function exportToFile(
  readAccess: () => Promise<AdminAccess>,
  shard: number,
  after: number | undefined,
  file: string,
): Promise<{ readonly shards: number; readonly bytes: number }> {
  return writeNewFile(file, EXISTS, async (put) => {
    let bytes = 0
    const shards = await exportShard(readAccess, shard, after, async (text) => {
      await put(text)
      bytes += Buffer.byteLength(text)
    })
    return { shards, bytes }
  })
}

/** Returns how many shards the deployment has. */
async function exportShard(
  readAccess: () => Promise<AdminAccess>,
  shard: number,
  after: number | undefined,
  write: Put,
): Promise<number> {
  const first: Question = [['shard', String(shard)]]
  let question: Question | undefined =
    after === undefined ? first : [...first, ['after', String(after)]]
  let shards = 0
  let isFirst = true
  while (question !== undefined) {
    const part = await exportPart(await readAccess(), question)
    if (isFirst) reportStart(part.text, after ?? 0)
    isFirst = false
    reportMissing(part.text, shard)
    await write(part.text)
    shards = part.shards
    question = part.next
  }
  return shards
}

/**
 * Says if the chain begins later than asked for. Otherwise a gap to an earlier export would go
 * unnoticed.
 */
function reportStart(text: string, after: number): void {
  const { shard, after: start } = parseObject(text.slice(0, text.indexOf('\n'))) ?? {}
  if (typeof start !== 'number' || start <= after) return
  say(`shard ${Number(shard)} begins with batch ${start + 1}: retention has deleted those before`)
}

/** A file with a gap is written. Whoever only looks whether it was would not learn of the gap. */
function reportMissing(text: string, shard: number): void {
  for (const line of text.split('\n').filter((one) => one.startsWith('{"type":"missing"'))) {
    const { sequence, count } = parseObject(line) ?? {}
    say(
      `shard ${shard} lacks ${Number(count)} decisions, in batches up to ${Number(sequence)}: the gateway cannot read them`,
    )
  }
}

/** The bytes are hashed, so they are not escaped. They never go to a terminal. */
async function writeToStdout(text: string): Promise<void> {
  const { stdout } = currentIo()
  await new Promise<void>((resolve, reject) => {
    stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

function readNumber(flag: string, text: string | undefined, most: number): number | undefined {
  return text === undefined ? undefined : parseNumber(flag, text, { least: 0, most })
}
