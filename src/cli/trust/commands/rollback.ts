/**
 * `edgemint rollback`: applies the document of an earlier revision as a new revision. The history is
 * kept. The document is linted and checked like any other.
 */

import { describeEffects, diffTrust } from '../../../analysis/index.ts'
import { compileInForce, widestCeilings } from '../../../analysis/source/in-house.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { noteLines, printJson, say } from '../../shell/output.ts'
import { getRevision, getTrust, putTrust } from '../admin-api.ts'
import { adminFlags } from '../admin-flags.ts'
import { checkTrustJson } from '../check-trust.ts'
import { requireResolved } from '../lint/require-resolved.ts'
import { saySentProblems, sayStoredProblems } from '../problems.ts'
import { countChanges, renderPlan } from '../render-plan.ts'
import { MESSAGE_FLAG, REVISION_JSON, readMessage } from '../revisions/message-flag.ts'
import { parseRevision } from '../revisions/revisions-api.ts'

export const command = {
  synopsis: 'REVISION --url URL [--token-file FILE] [FLAGS]',
  about: `Applies the document of an earlier revision as a new revision, and shows the changes on stderr. The
gateway keeps the last 100 documents. A document that no longer compiles, or that has unresolved lint
findings, is refused.`,
  flags: {
    ...adminFlags('the scopes `trust:read` and `trust:write`'),
    message: { ...MESSAGE_FLAG.message, default: '`rollback to N`' },
    json: REVISION_JSON,
  },
  arguments: { least: 1, most: 1, what: 'a revision' },
  example: 'npx edgemint rollback 1 --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const former = parseRevision(positionals[0] ?? '')
  const message = readMessage(values.message) ?? `rollback to ${former}`
  const access = await readAdminAccess(values)
  const { url } = access
  const { revision, document, problems } = await getTrust(access)
  if (problems.length > 0) sayStoredProblems(revision, problems)
  const json = await getRevision(access, former)
  const plain = diffTrust(document, JSON.parse(json))
  if (plain.length === 0) {
    say(`no changes: revision ${revision} stays in force`)
    if (values.json) printJson({ revision })
    return EXIT_CODES.done
  }
  const name = `revision ${former}`
  const checked = checkTrustJson(name, json, widestCeilings(url.replace(/\/+$/, '')))
  if (!checked.ok) {
    saySentProblems(`the document of ${name}`, checked.error.problems)
    return EXIT_CODES.refused
  }
  const { trust, file } = checked.value
  const changes = describeEffects(plain, compileInForce(document, url), trust)
  say(`${countChanges(changes)} against revision ${revision}`)
  noteLines(renderPlan(changes))
  requireResolved({ trust, file }, true)
  const result = await putTrust(access, json, revision, message)
  switch (result.kind) {
    case 'applied':
      say(`applied as revision ${result.summary.revision}`)
      if (values.json) printJson(result.summary)
      return EXIT_CODES.done
    case 'refused':
      saySentProblems(`the document of ${name}`, result.problems)
      return EXIT_CODES.refused
    case 'stale':
      throw refusal(
        `refused: revision ${revision} is no longer in force; nothing was changed`,
        `look at the new revision: npx edgemint trust diff ${revision} --help`,
      )
  }
}
