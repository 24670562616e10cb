/** `edgemint keys check`: exits with 1 if a key has a problem or no rotation is scheduled. */

import { compileInForce } from '../../../analysis/source/in-house.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, parseNumber } from '../../shell/flags.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import { getTrust } from '../../trust/admin-api.ts'
import { judgeAlgorithms, judgeKeys, judgePublished, type KeyFinding } from '../judge-keys.ts'
import { type KeyPlace, keyFlags, readPlace } from '../key-flags.ts'
import { currentSeconds } from '../key-time.ts'
import { getKeys, readPublishedKeys, readStateKeys } from '../read-keys.ts'

const MAX_AGE_DAYS = 365

export const command = {
  synopsis: '(--url URL [--token-file FILE] | --state DIR) [FLAGS]',
  about: `Checks the signing keys: a successor is scheduled, a replaced key ends, no private key is kept past its
end, a key signs for each algorithm that a resource names, and the published key set is complete and
cached for minutes only. Exits with 1 if a check fails. Without --token-file, only the published key
set is checked.`,
  flags: {
    ...keyFlags('the scope `trust:read`'),
    'max-age-days': {
      value: 'DAYS',
      about: 'how long a key without an end may sign before a successor is scheduled',
      default: String(MAX_AGE_DAYS),
    },
    json: { about: 'print `{ ok, findings: [{ code, message, hint }] }`' },
  },
  example: 'npx edgemint keys check --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const text = values['max-age-days'] ?? String(MAX_AGE_DAYS)
  const days = parseNumber('--max-age-days', text, { least: 1, most: 9999, unit: 'days' })
  const findings = await judge(await readPlace(values), days)
  const isOk = findings.length === 0
  if (values.json) printJson({ ok: isOk, findings }, 2)
  else if (findings.length > 0) printPlain(findings.map(renderFinding).join('\n'))
  say(
    isOk
      ? 'the keys have no problem'
      : `${findings.length === 1 ? '1 check' : `${findings.length} checks`} of the keys failed`,
  )
  return isOk ? EXIT_CODES.done : EXIT_CODES.refused
}

async function judge(place: KeyPlace, maxAgeDays: number): Promise<readonly KeyFinding[]> {
  const at = currentSeconds()
  if (place.kind === 'state') {
    return judgeKeys(await readStateKeys(place.stateDir, at), at, maxAgeDays)
  }
  const published = await readPublishedKeys(place.url)
  if (place.kind === 'published') return judgePublished(published, undefined)
  const report = await getKeys(place.access)
  const { document } = await getTrust(place.access)
  return [
    ...judgeKeys(report, at, maxAgeDays),
    ...judgeAlgorithms(report, compileInForce(document, place.url)),
    ...judgePublished(published, report),
  ]
}

function renderFinding({ code, message, hint }: KeyFinding): string {
  return `${code}: ${message}\n  hint: ${hint}`
}
