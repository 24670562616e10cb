/**
 * `edgemint doctor`: checks step by step in a job why it gets no token, and says what to change.
 */

import { endpointUrl, OptionError } from '../../../client/in-house.ts'
import { ExchangeError } from '../../../client/index.ts'
import { PATHS } from '../../../protocol/paths.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain } from '../../shell/output.ts'
import { requireGatewayUrl } from '../../workload/gateway-url.ts'
import { readExchange, readTarget, type Target } from '../../workload/target-flags.ts'
import { WORKLOAD_FLAGS, type WorkloadValues } from '../../workload/workload.ts'
import { checkExchange, checkIssuedToken } from '../doctor/check-exchange.ts'
import { checkGateway, judgeClock } from '../doctor/check-gateway.ts'
import { checkAudience, checkSource, checkSubjectToken } from '../doctor/check-subject.ts'
import { fail, type Step, skip } from '../doctor/step.ts'
import { revokeTokens } from '../revoke-tokens.ts'

export const command = {
  synopsis: '--url URL [FLAGS]',
  about: `Checks in a job what an exchange needs, and says what to change. With --resource, makes one exchange
and revokes the issued token. Prints no token.`,
  flags: {
    ...WORKLOAD_FLAGS,
    resource: {
      value: 'URI',
      about: 'the API to exchange a token for; without it, no exchange is made',
      variables: ['EDGEMINT_RESOURCE'],
    },
    json: { about: 'print `{ ok, steps: [{ step, status, message, details, hint }] }`' },
  },
  example: 'npx edgemint doctor --url https://sts.example.com --resource https://api.example.com',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const url = requireGatewayUrl(values.url)
  // Before anything is sent.
  const target = values.resource === undefined ? undefined : readTarget(values)
  const steps = await examine(url, values, target)
  const isOk = steps.every(({ status }) => status !== 'fail')
  if (values.json) {
    const shown = steps.map(({ exitCode: _, ...step }) => step)
    printJson({ ok: isOk, steps: shown })
  } else {
    printPlain(steps.flatMap(renderStep).join('\n'))
  }
  // The first failure must be corrected first, so it decides the exit code.
  return steps.find(({ status }) => status === 'fail')?.exitCode ?? EXIT_CODES.done
}

async function examine(
  url: string,
  values: WorkloadValues,
  target: Target | undefined,
): Promise<readonly Step[]> {
  const audience = values.audience ?? url
  const source = await checkSource(values, audience)
  const subject =
    source.value === undefined
      ? { step: skip('subject_token', 'there is no source'), value: undefined }
      : await checkSubjectToken(source.value, audience)
  const gateway = await checkGateway(url)
  const exchanged = await exchangeOnce(url, audience, target, subject.value?.token, gateway.issuer)
  const facts = {
    source: source.value?.source.name ?? '',
    subject: subject.value?.facts,
    expected: audience,
    issuer: gateway.issuer,
    isGranted: exchanged.isGranted,
  }
  return [
    source.step,
    subject.step,
    checkAudience(facts),
    gateway.gateway,
    judgeClock(gateway.aheadSeconds ?? exchanged.aheadSeconds, gateway.gateway.status !== 'fail'),
    gateway.discovery,
    gateway.health,
    ...exchanged.steps,
  ]
}

type Exchanged = {
  readonly steps: readonly Step[]
  readonly isGranted?: boolean
  readonly aheadSeconds?: number | undefined
}

async function exchangeOnce(
  url: string,
  audience: string,
  target: Target | undefined,
  subjectToken: string | undefined,
  issuer: string | undefined,
): Promise<Exchanged> {
  const skipAll = (reason: string): Exchanged => ({
    steps: [skip('exchange', reason), skip('issued_token', reason)],
  })
  if (target === undefined) return skipAll('no --resource was given')
  if (subjectToken === undefined) return skipAll('there is no subject token')
  // Send no token to a server without the discovery document of a gateway.
  if (issuer === undefined) return skipAll('no gateway answered')
  const { step, value, aheadSeconds } = await attempt(async () =>
    checkExchange(await readExchange(target, subjectToken, audience)),
  )
  if (value === undefined) {
    const skipped = skip('issued_token', 'no token was issued')
    return { isGranted: false, aheadSeconds, steps: [step, skipped] }
  }
  const at = Math.floor(Date.now() / 1000)
  try {
    const issued = await checkIssuedToken(url, value)
    return { isGranted: true, aheadSeconds, steps: [step, issued] }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    const hint = `curl -v ${endpointUrl(url, PATHS.jwks)}`
    const rest = { exitCode: EXIT_CODES.unreachable, hint }
    const failed = fail('issued_token', error.description, rest)
    return { isGranted: true, aheadSeconds, steps: [step, failed] }
  } finally {
    const { accessToken, expiresInSeconds } = value
    await revokeTokens(url, [{ accessToken, expiresAt: at + expiresInSeconds }])
  }
}

async function attempt<Value>(check: () => Promise<Value>): Promise<Value> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof OptionError) throw usageFailure(error.message)
    throw error
  }
}

function renderStep({ step, status, message, details = [], hint }: Step): readonly string[] {
  const name = step.replaceAll('_', ' ')
  return [
    `${status.padEnd(4)}  ${name}: ${message}`,
    ...details.map((line) => `        ${line}`),
    ...(hint === undefined ? [] : [`      hint: ${hint}`]),
  ]
}
