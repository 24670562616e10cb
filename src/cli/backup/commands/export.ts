/** `edgemint export`: writes what a gateway stores to one file, by its admin API. */
import { keepAdminAccess } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { pass, printJson, say } from '../../shell/output.ts'
import { type Put, writeNewFile } from '../../shell/write-new-file.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { count } from '../counts.ts'
import { guardDisk } from '../guard-disk.ts'
import { type Collected, collect, readIssuer } from '../portable/collect.ts'
import { startExport } from '../portable/format.ts'

export const command = {
  synopsis: '--out FILE --url URL [--token-file FILE] [FLAGS]',
  about: `Writes what a gateway stores to one file: the trust document with its history, the last known keys of
issuers, the revocations, and the checkpoints of the decision log. The file has no secret and no
token. The command import reads it.`,
  flags: {
    ...adminFlags('the role `owner`'),
    out: {
      value: 'FILE',
      about: 'the file to write; an existing file is not replaced; `-` writes to stdout',
      required: true,
      completes: 'files',
    },
    decisions: { about: 'include the whole decision log, in place of its checkpoints' },
    json: { about: 'print `{ revisions, documents, revocations, shards }`' },
  },
  example:
    'npx edgemint export --out gateway.export --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const out = requireFlag('out', values.out)
  if (out === '-' && values.json) throw usageFailure('--json needs a file with --out')
  if (out === '-' && currentIo().stdout.isTTY === true) {
    throw usageFailure('an export is not printed to a terminal: redirect it, or name a file')
  }
  const readAccess = await keepAdminAccess(values)
  const createdAt = Math.floor(Date.now() / 1000)
  const write = async (put: Put): Promise<Collected> => {
    const writer = await startExport(await readIssuer(await readAccess()), createdAt, put)
    const collected = await collect(readAccess, writer, values.decisions)
    await writer.end()
    return collected
  }
  const collected = await guardDisk('no export was written', () =>
    out === '-' ? write(pass) : writeNewFile(out, 'name another file', write),
  )
  const { revisions, documents, revocations } = collected
  say(
    `exported ${count(revisions, 'revision')} with ${count(documents, 'document')}, and ${count(revocations, 'revocation')}` +
      (out === '-' ? '' : ` to ${out}`),
  )
  if (values.json) printJson(collected)
  return EXIT_CODES.done
}
