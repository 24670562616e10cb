/** Checks without a token whether the gateway answers, has the expected issuer, and is ready. */
import {
  type Answer,
  endpointUrl,
  isPassingStatus,
  judgeRefusal,
  judgeStranger,
  parseObject,
  send,
} from '../../../client/in-house.ts'
import { ExchangeError } from '../../../client/index.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../core/limits.ts'
import { OPENID_CONFIGURATION, PATHS } from '../../../protocol/paths.ts'
import { EXIT_CODES } from '../../shell/exit-codes.ts'
import { findAddressHint } from '../../shell/faults/address-hint.ts'
import { findConnectionHint } from '../../shell/faults/connection-hint.ts'
import { MAX_HARMLESS_SECONDS } from '../../shell/limits.ts'
import { fail, pass, type Step, skip, warn } from './step.ts'

export type GatewayFindings = {
  readonly gateway: Step
  readonly discovery: Step
  readonly health: Step
  /** The issuer in the gateway's discovery document. Undefined when there is none. */
  readonly issuer: string | undefined
  /** How many seconds the clock of this machine is ahead of the gateway's, if known. */
  readonly aheadSeconds: number | undefined
}

export async function checkGateway(url: string): Promise<GatewayFindings> {
  const startedAt = Date.now()
  const answer = await ask(url, PATHS.health)
  if (answer instanceof ExchangeError) {
    return {
      gateway: fail('gateway', answer.description, {
        details:
          answer.code === 'invalid_response'
            ? [findAddressHint(answer.status)]
            : findConnectionHint(answer),
        hint: `curl -v ${endpointUrl(url, PATHS.health)}`,
        exitCode: EXIT_CODES.unreachable,
      }),
      discovery: skip('discovery', 'no gateway answered'),
      health: skip('health', 'no gateway answered'),
      issuer: undefined,
      aheadSeconds: undefined,
    }
  }
  const milliseconds = Date.now() - startedAt
  const discovery = await ask(url, OPENID_CONFIGURATION)
  const issuer = readIssuer(discovery)
  return {
    gateway: pass('gateway', `${new URL(url).host} answered in ${milliseconds} ms`),
    discovery: judgeDiscovery(url, issuer, discovery),
    health: judgeHealth(answer),
    issuer,
    aheadSeconds: readAhead(answer.headers, (startedAt + milliseconds / 2) / 1000),
  }
}

/** Compares the clocks. The `Date` header has whole seconds, so half a second is subtracted. */
export function readAhead(headers: Headers, at: number): number | undefined {
  const theirs = Date.parse(headers.get('date') ?? '') / 1000
  return Number.isNaN(theirs) ? undefined : Math.round(at - theirs - 0.5)
}

async function ask(url: string, path: string): Promise<Answer | ExchangeError> {
  try {
    return await send({ url: endpointUrl(url, path), method: 'GET' })
  } catch (error) {
    if (error instanceof ExchangeError) return error
    throw error
  }
}

/** `serve` without `--production` sends no `Date`. The answer to an exchange has a time as well. */
const UNKNOWN_TIME =
  'the gateway sent no Date header, and only an exchange with --resource shows its time'

export function judgeClock(aheadSeconds: number | undefined, isReached = true): Step {
  if (aheadSeconds === undefined) {
    return skip('clock', isReached ? UNKNOWN_TIME : 'no gateway answered')
  }
  const seconds = Math.abs(aheadSeconds)
  const side = aheadSeconds < 0 ? 'behind' : 'ahead of'
  const message = `this machine's clock is ${seconds} seconds ${side} the gateway's`
  const hint = 'sudo timedatectl set-ntp true'
  if (seconds <= MAX_HARMLESS_SECONDS) {
    return pass('clock', "this machine's clock agrees with the gateway's")
  }
  return seconds <= CLOCK_LEEWAY_SECONDS
    ? warn('clock', message, { hint })
    : fail('clock', message, { hint })
}

function readIssuer(answer: Answer | ExchangeError): string | undefined {
  const issuer = answer instanceof ExchangeError ? undefined : parseObject(answer.text)?.issuer
  return typeof issuer === 'string' ? issuer : undefined
}

/** `answer` is the answer that has no issuer. It says who answered instead of the gateway. */
export function judgeDiscovery(
  url: string,
  issuer: string | undefined,
  answer?: Answer | ExchangeError,
): Step {
  const stranger = issuer === undefined ? describePassing('discovery', answer) : undefined
  if (stranger !== undefined) return stranger
  if (issuer === undefined) {
    return judgeForeign('discovery', `${OPENID_CONFIGURATION} was not found below ${url}`, answer)
  }
  if (issuer === url.replace(/\/+$/, ''))
    return pass('discovery', `the issuer of the gateway is ${issuer}`)
  return fail('discovery', `the issuer of the gateway at ${url} is ${issuer}`, {
    hint: `use --url ${issuer}, or set ISSUER of the gateway to ${url}`,
  })
}

export function judgeHealth(answer: Answer): Step {
  const body = parseObject(answer.text)
  const checks = typeof body?.checks === 'object' && body.checks !== null ? body.checks : {}
  const broken = Object.entries(checks).filter(([, check]) => check?.ready === false)
  if (answer.status === 200 && body?.status === 'ready') {
    const warnings: readonly unknown[] = Array.isArray(body.warnings) ? body.warnings : []
    const details = warnings.filter((entry) => typeof entry === 'string')
    return details.length === 0
      ? pass('health', 'the gateway is ready')
      : warn('health', 'the gateway is ready, with warnings', { details })
  }
  if (body?.status !== 'not_ready') {
    const stranger = describePassing('health', answer)
    if (stranger !== undefined) return stranger
    return judgeForeign('health', judgeStranger(answer).description, answer)
  }
  const details = broken.flatMap(([name, check]) => describeFault(name, check))
  return fail('health', `the gateway is not ready: ${broken.map(([name]) => name).join(', ')}`, {
    ...(details.length === 0 ? {} : { details }),
    hint: `ask its operator to read ${PATHS.health}, which says what to change`,
    exitCode: EXIT_CODES.unreachable,
  })
}

/** What can be done about a part without problems or a fault of its own. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['signing_keys', 'npx edgemint keys generate --help makes a signing key'],
  ['trust_document', 'npx edgemint apply --help applies a trust document'],
])

/** `/health` is public, so its problems contain no secret. */
function describeFault(name: string, { problems, fault }: HealthCheck): readonly string[] {
  const list: readonly unknown[] = Array.isArray(problems) ? problems : []
  const told = list.flatMap((problem) => {
    const { variable, message }: Partial<Record<string, unknown>> = Object(problem)
    return typeof message === 'string' ? [`${name}: ${String(variable)}: ${message}`] : []
  })
  if (typeof fault === 'string') return [...told, `${name}: ${fault}`]
  const remedy = REMEDIES.get(name)
  return told.length > 0 || remedy === undefined ? told : [`${name}: ${remedy}`]
}

type HealthCheck = { readonly problems?: unknown; readonly fault?: unknown }

/** An answer that stays, and is not from a gateway. */
function judgeForeign(
  step: 'discovery' | 'health',
  message: string,
  answer: Answer | ExchangeError | undefined,
): Step {
  return fail(step, message, {
    hint: findAddressHint(answer === undefined ? 404 : answer.status),
    exitCode: EXIT_CODES.unreachable,
  })
}

/** Describes a failure that is likely to end soon. The address is not at fault then. */
function describePassing(
  step: 'discovery' | 'health',
  answer: Answer | ExchangeError | undefined,
): Step | undefined {
  const failure =
    answer === undefined || answer instanceof ExchangeError ? answer : readPassing(answer)
  return (
    failure &&
    fail(step, failure.description, {
      hint: 'run the same command again; if this stays, ask the operator of the gateway',
      exitCode: EXIT_CODES.unreachable,
    })
  )
}

function readPassing(answer: Answer): ExchangeError | undefined {
  return isPassingStatus(answer.status) ? judgeRefusal(answer) : undefined
}
