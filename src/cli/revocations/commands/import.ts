/** `edgemint revocations import`: adds exported revocations to a gateway. */

import { readAdminAccess } from '../../people/admin-access.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { say } from '../../shell/output.ts'
import { readInput } from '../../shell/read-input.ts'
import type { AdminAccess } from '../../trust/admin-api.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { afterStored } from '../after-stored.ts'
import { type ExportedRow, readExportFile } from '../export-file.ts'
import { latestMoment, sayFutureMoment } from '../future-moments.ts'
import { importRevocations, sayRead, sayUnknown } from '../revocations-api.ts'

/** As many as a gateway takes at once. */
const PART_ROWS = 5000
/** A million revocations have about 300 bytes each. */
const MAX_EXPORT_BYTES = 512 * 1024 * 1024

const NOT_CHECKED =
  'whether the file is whole could not be checked: it has no header and no end, as exports of earlier releases'

export const command = {
  synopsis: 'FILE --url URL [--token-file FILE]',
  about: `Adds the revocations of an export to a gateway. It weakens none that the gateway has, so it can be
repeated. Refuses a file that is cut off or damaged. Exits with 1 if the gateway does not know the
kind of a revocation, which it then lacks.`,
  flags: adminFlags('the scope `revocations:write`'),
  arguments: { least: 1, most: 1, what: 'a file of revocations', completes: 'files' },
  example:
    'npx edgemint revocations import revocations.ndjson \\\n  --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  requireAdminUrl(values.url)
  const [file = ''] = positionals
  if (file === '-' && values['token-file'] === '-') {
    throw usageFailure('FILE and --token-file cannot both be -: stdin can be read only once')
  }
  const bytes = await readInput(file, MAX_EXPORT_BYTES)
  const { rows, isWhole } = readExportFile(bytes, file)
  const access = await readAdminAccess(values)
  let [stored, unknown] = [0, 0]
  for (let start = 0; start < rows.length; start += PART_ROWS) {
    const part = await importPart(access, rows, start)
    stored += part.stored
    unknown += part.unknown
  }
  sayRead(rows.length, stored)
  if (!isWhole) say(NOT_CHECKED)
  const all = rows.map(({ value }) => value)
  sayFutureMoment(latestMoment(all, 0))
  sayUnknown(unknown)
  return unknown === 0 ? EXIT_CODES.done : EXIT_CODES.refused
}

async function importPart(access: AdminAccess, rows: readonly ExportedRow[], start: number) {
  const part = rows.slice(start, start + PART_ROWS)
  const values = part.map(({ value }) => value)
  const send = () => importRevocations(access, values, (index) => `line ${part[index]?.line}`)
  const line = rows[start - 1]?.line
  const describe = () =>
    line === undefined ? undefined : `the revocations of the first ${line} lines are stored`
  return afterStored(describe, 'later one', send)
}
