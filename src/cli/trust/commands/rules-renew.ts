/** `edgemint rules renew`: sets a later end of a rule in a trust file. */
import { stat } from 'node:fs/promises'
import { MAX_DOCUMENT_BYTES } from '../../../core/limits.ts'
import { parseMoment } from '../../../web/moment.ts'
import { findNearest } from '../../../web/text/nearest.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { type CommandFailure, refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { MAX_RENEWAL_DAYS } from '../../shell/limits.ts'
import { hint, printJson, say } from '../../shell/output.ts'
import { readInput } from '../../shell/read-input.ts'
import { replaceText } from '../../shell/replace-text.ts'
import { readTrust } from '../read-trust.ts'
import { type RenewFault, renewRule } from '../renew-rule.ts'

export const command = {
  synopsis: 'NAME --trust FILE (--until DATE | --for DAYS) [FLAGS]',
  about: `Sets a later end of one rule in a trust file. Nothing else in the file changes: comments, order and
style stay. Ask the owner of the rule first whether it is still needed.`,
  flags: {
    trust: { value: 'FILE', about: 'the trust file', required: true, completes: 'files' },
    until: {
      value: 'DATE',
      about: 'the last day, such as `2027-03-31`, or a UTC time; at most 366 days from now',
    },
    for: { value: 'DAYS', about: 'this long from today: `90d` or `12w`; at most 366 days' },
    json: { about: 'print `{ file, rule, before, expires }`' },
  },
  arguments: { least: 1, most: 1, what: 'the name of a rule' },
  example: 'npx edgemint rules renew deploy --trust trust.yaml --for 90d',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const [name = ''] = positionals
  const path = requireFlag('trust', values.trust)
  if (path === '-') throw usageFailure('--trust cannot be -: the file is changed in place')
  const until = readEnd(values.until, values.for, Date.now())
  await requireFile(path)
  await readTrust(path)
  const raw = await readInput(path, MAX_DOCUMENT_BYTES)
  const renewed = renewRule(raw.toString('utf8'), name, until)
  if (!renewed.ok) throw describeFault(renewed.error, name, until)
  const { text, before } = renewed.value
  await replaceText(path, raw, text)
  if (values.json) printJson({ file: path, rule: name, before, expires: until }, 2)
  say(`${name} ends ${until}; before, it ended ${before}`)
  hint(`apply the file: npx edgemint plan ${path} --help`)
  return EXIT_CODES.done
}

/** A pipe can be read once, and cannot be changed. */
async function requireFile(path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined)
  if (status === undefined || status.isFile() || status.isDirectory()) return
  throw usageFailure(
    `${path} is not a regular file: the file of --trust is changed in place`,
    'save the trust document in a file first',
  )
}

const DAY_MILLISECONDS = 86_400_000

/** Returns the new end as the file will have it. */
function readEnd(until: string | undefined, period: string | undefined, now: number): string {
  if ((until === undefined) === (period === undefined)) {
    throw usageFailure('give the new end with either --until or --for')
  }
  const end = until ?? addDays(period ?? '', now)
  const isForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(end)
  const seconds = isForm ? parseMoment(end) : undefined
  if (seconds === undefined) {
    throw usageFailure('--until must be a date such as 2027-03-31 or a UTC time')
  }
  if (seconds * 1000 <= now) throw usageFailure(`--until is in the past: ${end}`)
  // A date ends at the end of its day.
  if (seconds * 1000 > now + (MAX_RENEWAL_DAYS + 1) * DAY_MILLISECONDS) throw tooLong()
  return end
}

function addDays(period: string, now: number): string {
  const [, count, unit] = /^([1-9]\d{0,3})([dw])$/.exec(period) ?? []
  if (count === undefined)
    throw usageFailure(
      `--for must be days or weeks, such as 90d or 12w, at most ${MAX_RENEWAL_DAYS}d`,
    )
  const days = Number(count) * (unit === 'w' ? 7 : 1)
  if (days > MAX_RENEWAL_DAYS) throw tooLong()
  return new Date(now + days * DAY_MILLISECONDS).toISOString().slice(0, 10)
}

function tooLong(): CommandFailure {
  return usageFailure(
    `the period is too long: a rule is renewed for at most ${MAX_RENEWAL_DAYS} days`,
    'for a longer time, edit the file and accept LINT-35 with a reason',
  )
}

function describeFault(fault: RenewFault, name: string, until: string): CommandFailure {
  switch (fault.kind) {
    case 'unknown': {
      const nearest = findNearest(name, fault.names)
      const rest = nearest === undefined ? '' : `: did you mean ${nearest}?`
      return refusal(`the file has no rule ${name}${rest}`)
    }
    case 'endless':
      return refusal(`the rule ${name} has no end, so there is nothing to renew`)
    case 'shared':
      return refusal(
        `the end of the rule ${name} is an alias or an anchor, which other rules share`,
        'write the date into the rule, or edit the file',
      )
    case 'not_later':
      return refusal(
        `the rule ${name} ends ${fault.before} already, which is not before ${until}`,
        'to shorten a rule, edit the file',
      )
  }
}
