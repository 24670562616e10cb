/** `edgemint import`: restores an export in a gateway without a revision. */

import { renderSeconds } from '../../audit/render-time.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import { afterStored } from '../../revocations/after-stored.ts'
import { sayRead } from '../../revocations/revocations-api.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { hint, printJson, say } from '../../shell/output.ts'
import type { AdminAccess } from '../../trust/admin-api.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { count } from '../counts.ts'
import { guardDisk } from '../guard-disk.ts'
import { isAcceptable } from '../portable/accept-document.ts'
import {
  type Contents,
  findNewest,
  readContents,
  sendDocuments,
  sendHistory,
  sendRevocations,
} from '../portable/import-history.ts'

export const command = {
  synopsis: 'FILE --url URL [--token-file FILE] [FLAGS]',
  about: `Restores an export in a gateway that has no revision: the history of the trust document with its
numbers, authors and times, the keys of issuers, and the revocations. The import becomes the next
revision. An interrupted import can be repeated.`,
  flags: {
    ...adminFlags('the role `owner`'),
    only: {
      value: 'PART',
      about: '`revocations`: add only these; any gateway takes them, and loses none that it has',
    },
    'accept-findings': {
      about: 'import a document with unresolved lint findings, as it was in force; prints them',
    },
    'dry-run': { about: 'check the file, the document and the gateway, and change nothing' },
    json: { about: 'print the revision of the import, and how many revocations were new' },
  },
  arguments: { least: 1, most: 1, what: 'an export', completes: 'files' },
  example:
    'npx edgemint import gateway.export --dry-run \\\n  --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

const STORED = 'the revocations are stored'

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  requireAdminUrl(values.url)
  const [file = ''] = positionals
  if (file === '-') throw usageFailure('an export is read twice: name a file')
  if (values.only !== undefined && values.only !== 'revocations') {
    throw usageFailure('--only must be revocations')
  }
  if (values.only !== undefined && values['accept-findings']) {
    throw usageFailure('--accept-findings has no effect with --only: no document is imported')
  }
  const contents = await guardDisk('nothing was changed', () => readContents(file))
  const access = await readAdminAccess(values)
  const isDryRun = values['dry-run']
  const { history } = contents
  if (history === undefined) say(`${file} has no revision of a trust document, only revocations`)
  if (values.only !== undefined || history === undefined) {
    if (isDryRun)
      say(`${count(contents.revocations, 'revocation')} would be sent; nothing was changed`)
    else printStored(await addRevocations(access, file, contents), undefined, values.json)
    return EXIT_CODES.done
  }
  const newest = history.trust.revisions.length
  const acceptsFindings = values['accept-findings']
  if (!isAcceptable(history, { url: access.url, file, acceptsFindings })) return EXIT_CODES.refused
  await requireEmpty(access)
  const { issuer, release } = contents.header
  const what = `${count(newest, 'revision')} and ${count(contents.revocations, 'revocation')} of ${issuer}, release ${release}`
  if (isDryRun) {
    say(`${file} is whole: ${what} would be imported; nothing was changed`)
    if (issuer === access.url.replace(/\/+$/, '')) sayReplaySetting(contents.header.created_at)
    return EXIT_CODES.done
  }
  say(`importing ${what}`)
  // Before the history, so that no rule grants a token while a revocation is missing.
  const stored = await addRevocations(access, file, contents)
  const summary = await afterStored(
    () => STORED,
    'revision',
    async () => {
      await sendDocuments(access, file)
      return sendHistory(access, history.trust)
    },
  )
  say(`revisions 1 to ${newest} are restored; the import is revision ${summary.revision}`)
  if (contents.decisions > 0) say(`the decision log is not imported: it stays in ${file}`)
  printStored(stored, summary.revision, values.json)
  return EXIT_CODES.done
}

async function requireEmpty(access: AdminAccess): Promise<void> {
  const newest = await findNewest(access)
  if (newest === 0) return
  throw refusal(
    `refused: the gateway has revision ${newest}, and an import needs one without any; nothing was changed`,
    'add only the revocations with --only revocations, or apply the document: npx edgemint apply --help',
  )
}

/** The setting cannot be read from here, and the gateway refuses the history without it. */
function sayReplaySetting(exportedAt: number): void {
  hint(
    `the issuer URL is the same, so the gateway needs REPLAY_NOT_BEFORE: the time at which the old one stopped, at least ${renderSeconds(exportedAt)}`,
  )
}

async function addRevocations(
  access: AdminAccess,
  file: string,
  { revocations }: Contents,
): Promise<number> {
  const stored = await sendRevocations(access, file)
  sayRead(revocations, stored)
  return stored
}

function printStored(revocations: number, revision: number | undefined, isJson: boolean): void {
  if (isJson) printJson({ ...(revision === undefined ? {} : { revision }), revocations })
}
