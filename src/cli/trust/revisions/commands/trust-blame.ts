/** `edgemint trust blame`: shows which revision last changed each rule, and who applied it. */

import { type Stats, statSync } from 'node:fs'
import { isJsonObject } from '../../../../web/json.ts'
import { readAdminAccess } from '../../../people/admin-access.ts'
import type { Command } from '../../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../../shell/failure.ts'
import { unreadable } from '../../../shell/faults/file-fault.ts'
import { parseFlags } from '../../../shell/flags.ts'
import { printJson, printPlain, say } from '../../../shell/output.ts'
import { adminFlags } from '../../admin-flags.ts'
import { readTrust } from '../../read-trust.ts'
import { type BlamedRule, blameRules } from '../blame.ts'
import { type NamedRule, namedRules, stateOf } from '../named-rules.ts'
import { renderBlamed } from '../render-revisions.ts'
import { getDocument, listRevisions } from '../revisions-api.ts'

export const command = {
  synopsis: '[FILE | RULE] --url URL [--token-file FILE] [FLAGS]',
  about: `Shows for each rule of a trust file, or for one rule, which revision last changed it, when, by whom and
why: one line each, with revision, time, author, rule and message. Of a rule that is not in force any
more, it shows which revision removed or renamed it. Without an argument it shows every rule in force.
"<=" means that the documents before that revision are no longer stored.`,
  flags: {
    ...adminFlags('the scope `trust:read`'),
    json: { about: 'print `{ revision, rules: [{ rule, line, state, last }] }`' },
  },
  arguments: { least: 0, most: 1, what: 'a trust file or the name of a rule', completes: 'files' },
  example:
    'npx edgemint trust blame trust.yaml --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

/** More revisions than documents are kept. */
const MOST_REVISIONS = 1000

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const access = await readAdminAccess(values)
  const [subject] = positionals
  const file = subject !== undefined && isFile(subject) ? await readFileRules(subject) : undefined
  const { revisions } = await listRevisions(access, MOST_REVISIONS)
  const [latest] = revisions
  if (latest === undefined) throw refusal('refused: no document was applied yet')
  const documents = new Map<number, unknown>()
  const documentOf = async (revision: number) => {
    const document = documents.get(revision) ?? (await getDocument(access, revision))
    // A walk needs each document only twice.
    documents.clear()
    documents.set(revision, document)
    return document
  }
  const inForce = namedRules(await documentOf(latest.revision))
  const wanted = file ?? chooseRules(inForce, subject)
  const names = wanted.map(({ name }) => name)
  const last = await blameRules(names, { revisions, documentOf })
  // The name of a rule that was never in force is a mistake. One in a file may be new.
  if (file === undefined && subject !== undefined && !last.has(subject)) throw unknownRule(subject)
  const rules = wanted.map(({ name, line, rule }): BlamedRule => {
    const [found, state] = [last.get(name), stateOf(rule, inForce.get(name))]
    return {
      rule: name,
      ...(line === undefined ? {} : { line }),
      ...(state === undefined ? {} : { state }),
      ...(found === undefined ? {} : { last: found }),
    }
  })
  if (values.json) printJson({ revision: latest.revision, rules }, 2)
  else if (rules.length > 0) printPlain(rules.map(renderBlamed).join('\n'))
  say(`${rules.length} ${rules.length === 1 ? 'rule' : 'rules'} at revision ${latest.revision}`)
  return EXIT_CODES.done
}

/** A folder may have the name of a rule. */
function isFile(subject: string): boolean {
  const [status, fault] = lookAt(subject)
  if (status?.isFile()) return true
  if (!/[/\\]|\.(?:ya?ml|json)$/.test(subject)) return false
  if (status === undefined) throw unreadable(subject, fault)
  const what = status.isDirectory() ? 'a directory' : 'no regular file'
  throw usageFailure(`cannot read ${subject}: it is ${what}`)
}

/** The name of a rule may be too long for a file, or a link of this name a loop. */
function lookAt(path: string): readonly [Stats | undefined, unknown] {
  try {
    return [statSync(path), undefined]
  } catch (error) {
    return [undefined, error]
  }
}

async function readFileRules(path: string): Promise<readonly NamedRule[]> {
  const { file } = await readTrust(path)
  const rules = isJsonObject(file.value) ? file.value.rules : undefined
  return [...namedRules(file.value).values()].map((named) => ({
    ...named,
    ...(Array.isArray(rules)
      ? { line: file.locate(['rules', rules.indexOf(named.rule)]).line }
      : {}),
  }))
}

function chooseRules(
  inForce: ReadonlyMap<string, NamedRule>,
  name: string | undefined,
): readonly NamedRule[] {
  if (name === undefined) return [...inForce.values()]
  return [inForce.get(name) ?? { name, rule: undefined }]
}

function unknownRule(name: string) {
  return refusal(
    `refused: no rule ${name} is in force, and none of the stored documents has it`,
    'list the rules: npx edgemint trust blame --help',
  )
}
