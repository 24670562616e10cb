/** `edgemint posture`: shows what is wrong or wider than needed at a gateway, and what to do. */

import { CHECK_IDS, findWideConditions } from '../../../analysis/posture/in-house.ts'
import { type TrustFile, widestCeilings } from '../../../analysis/source/in-house.ts'
import { MAX_UNUSED_DAYS, type PostureReport } from '../../../contract/posture/report.ts'
import { compileStored } from '../../../core/policy/compile/stored.ts'
import { isJsonObject } from '../../../web/json.ts'
import { findNearest } from '../../../web/text/nearest.ts'
import { renderMissing } from '../../decisions/missing.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { choicesOf, parseChoice, parseFlags, parseNumber } from '../../shell/flags.ts'
import { MAX_POSTURE_RECORDS } from '../../shell/limits.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import { type AdminAccess, getTrust } from '../../trust/admin-api.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { sayProblems } from '../../trust/problems.ts'
import { readTrustFile } from '../../trust/read-trust-file.ts'
import { findGrants } from '../find-grants.ts'
import { getPosture } from '../posture-api.ts'
import { renderPostureMarkdown, renderPostureText } from '../posture-formats.ts'
import { renderPostureSarif } from '../posture-sarif.ts'

const DAY_SECONDS = 86_400
const FORMATS = ['text', 'json', 'sarif', 'markdown'] as const
const SEVERITIES = ['error', 'warn', 'info'] as const

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Shows what is wrong or wider than needed in the rules, the issuers and the keys of a gateway: rights
without use with the narrower rule, rules that end, owners, lifetimes, failing issuers. Each
finding says what to do, and where it belongs in OWASP NHI Top 10, NIST SP 800-207 and CSF 2.0.`,
  flags: {
    ...adminFlags('the scope `trust:read`'),
    format: {
      value: 'FORMAT',
      about: '`text`, `json`, `sarif` (2.1.0, for code scanning) or `markdown`',
      default: '`text`',
      completes: FORMATS,
    },
    json: { about: 'the same as `--format json`' },
    only: {
      value: 'ID',
      about: 'show only findings with this id, such as `POS-04`',
      repeats: true,
      completes: CHECK_IDS,
    },
    'unused-days': {
      value: 'DAYS',
      about: 'a right is unused if no token had it for this many days, at most 399',
      default: '30',
    },
    values: {
      about:
        'also compare conditions with the claims of recorded decisions; needs a token with `decisions:read` too',
    },
    trust: {
      value: 'FILE',
      about: 'the trust file of the gateway, so that `sarif` names its lines',
      completes: 'files',
    },
    'fail-on': {
      value: 'SEVERITY',
      about: 'exit with 1 if a finding is as severe: `error`, `warn` or `info`',
      completes: SEVERITIES,
    },
  },
  example: 'npx edgemint posture --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const url = requireAdminUrl(values.url)
  const format = readFormat(values.format, values.json)
  const only = readIds(values.only ?? [])
  const least = readSeverity(values['fail-on'])
  if (values.trust !== undefined && format !== 'sarif') {
    throw usageFailure('--trust needs --format sarif')
  }
  const file = values.trust === undefined ? undefined : await readFile(values.trust)
  const days = readUnusedDays(values['unused-days'])
  const access = await readAdminAccess(values)
  const whole = await getPosture(access, days)
  const wide = values.values ? await findWide(access, whole) : []
  const findings = [...whole.findings, ...wide].filter(
    ({ id }) => only.length === 0 || only.includes(id),
  )
  const report: PostureReport = { ...whole, findings }
  if (format === 'json') printJson(report, 2)
  else if (format === 'sarif') printPlain(renderPostureSarif(report, file))
  else printPlain((format === 'text' ? renderPostureText : renderPostureMarkdown)(report, url))
  say(countFindings(report))
  const limit = least === undefined ? -1 : SEVERITIES.indexOf(least)
  const isBad = findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= limit)
  return isBad ? EXIT_CODES.refused : EXIT_CODES.done
}

function readUnusedDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return parseNumber('--unused-days', text, { least: 1, most: MAX_UNUSED_DAYS, unit: 'days' })
}

/** The findings that need the records of decisions. Says if it has not read all of them. */
async function findWide(access: AdminAccess, report: PostureReport) {
  const { revision, document } = await getTrust(access)
  const { trust } = compileStored(document, widestCeilings(access.url))
  if (trust === undefined) {
    throw refusal(`this release cannot use revision ${revision} of the trust document`)
  }
  const from = report.at - report.unused_days * DAY_SECONDS
  const question = [['from', String(from)]] as const
  const found = await findGrants(access, question, MAX_POSTURE_RECORDS, (decision) => decision)
  const { decisions, complete, missing } = found
  if (!complete)
    say(`--values compared the newest ${decisions.length} tokens; older ones may differ`)
  const said = complete ? missing : { ...missing, purgedTo: null }
  for (const sentence of renderMissing(said)) say(`--values: ${sentence}`)
  return findWideConditions({ trust, document, at: report.at, records: decisions })
}

function readFormat(format: string | undefined, isJson: boolean): (typeof FORMATS)[number] {
  if (isJson && format !== undefined) {
    throw usageFailure('--json and --format cannot be used together')
  }
  return parseChoice('--format', isJson ? 'json' : (format ?? 'text'), choicesOf(FORMATS))
}

function readIds(ids: readonly string[]): readonly string[] {
  const known: readonly string[] = CHECK_IDS
  const unknown = ids.find((id) => !known.includes(id))
  if (unknown === undefined) return ids
  const nearest = findNearest(unknown, known)
  throw usageFailure(
    `--only: there is no finding ${unknown}${nearest === undefined ? '' : `: did you mean ${nearest}?`}`,
    `the ids are ${known[0]} to ${known.at(-1)}`,
  )
}

function readSeverity(text: string | undefined): (typeof SEVERITIES)[number] | undefined {
  return text === undefined ? undefined : parseChoice('--fail-on', text, choicesOf(SEVERITIES))
}

async function readFile(path: string): Promise<TrustFile> {
  const read = await readTrustFile(path)
  if (read.ok) {
    // Findings have a place only in a document. An empty file is YAML too.
    if (isJsonObject(read.value.value)) return read.value
    throw usageFailure(`--trust: ${path} has no trust document`)
  }
  sayProblems(path, read.error)
  throw refusal('the trust file is refused')
}

function countFindings({ findings }: PostureReport): string {
  const counts = SEVERITIES.map((severity) => {
    const { length } = findings.filter((finding) => finding.severity === severity)
    return `${length} ${severity}`
  })
  return `${findings.length === 1 ? '1 finding' : `${findings.length} findings`}: ${counts.join(', ')}`
}
