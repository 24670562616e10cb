/** `edgemint probe`: checks on a schedule that a gateway grants what it must and refuses the rest. */
import { OptionError } from '../../../client/in-house.ts'
import { ExchangeError } from '../../../client/index.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain } from '../../shell/output.ts'
import { describeExchangeFailure } from '../../workload/exchange-failure.ts'
import { readExchange, readTarget } from '../../workload/target-flags.ts'
import { chooseSource, WORKLOAD_FLAGS } from '../../workload/workload.ts'
import { type CheckResult, type ProbeReport, probe } from '../probe-cases.ts'

export const command = {
  synopsis: '--url URL --resource URI [FLAGS]',
  about: `Makes four exchanges with one token of the platform. The gateway must refuse three of them: a token
with an altered signature, a resource that it does not have, and a scope that it does not have. It
must grant the fourth, and its key set must verify the issued token, which is then revoked. Made for
a schedule: it does not retry, and prints no token.`,
  flags: {
    ...WORKLOAD_FLAGS,
    json: {
      about:
        'print `{ ok, checks: [{ check, status, expected, answer, message, decision_id, hints }] }`',
    },
  },
  notes: 'Exits with 1 if an answer is wrong, and with 3 if the gateway or the platform gave none.',
  example: 'npx edgemint probe --url https://sts.example.com --resource https://api.example.com',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const target = readTarget(values)
  const { source } = await chooseSource(values)
  const { checks, exitCode } = await attempt(async () => {
    const audience = values.audience ?? target.url
    const subjectToken = await source.getSubjectToken({ audience })
    return probe(await readExchange(target, subjectToken, audience))
  })
  if (values.json) printJson({ ok: exitCode === EXIT_CODES.done, checks })
  else printPlain(renderChecks(checks).join('\n'))
  return exitCode
}

async function attempt(run: () => Promise<ProbeReport>): Promise<ProbeReport> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof OptionError) throw usageFailure(error.message)
    // The platform gave no token.
    if (error instanceof ExchangeError) throw describeExchangeFailure(error)
    throw error
  }
}

/** A hint that several checks share is printed after the first of them. */
function renderChecks(checks: readonly CheckResult[]): readonly string[] {
  const shown = new Set<string>()
  return checks.flatMap((check) => {
    const fresh = (check.hints ?? []).filter((hint) => !shown.has(hint))
    for (const hint of fresh) shown.add(hint)
    return [renderCheck(check), ...fresh.map((hint) => `      hint: ${hint}`)]
  })
}

function renderCheck({ check, status, message, decision_id: decision }: CheckResult): string {
  const line = `${status.padEnd(4)}  ${check.replaceAll('_', ' ')}: ${message}`
  return decision === undefined ? line : `${line} (${decision})`
}
