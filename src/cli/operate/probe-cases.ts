/**
 * The exchanges of `edgemint probe`: three that a gateway must refuse, and one that it must grant. All
 * use one genuine token of the platform, so each refusal has only its own cause.
 */
import {
  type ExchangedToken,
  ExchangeError,
  type ExchangeOptions,
  exchange,
} from '../../client/index.ts'
import { EXIT_CODES, type ExitCode } from '../shell/exit-codes.ts'
import type { CommandFailure } from '../shell/failure.ts'
import { describeExchangeFailure } from '../workload/exchange-failure.ts'
import { checkIssuedToken } from './doctor/check-exchange.ts'
import type { Step } from './doctor/step.ts'
import { revokeTokens } from './revoke-tokens.ts'

/** The error codes say that the gateway refused for the cause of the case, and not for another. */
const REFUSALS = [
  { check: 'altered_signature', expected: 'invalid_request' },
  { check: 'unknown_resource', expected: 'invalid_target' },
  { check: 'unknown_scope', expected: 'invalid_scope' },
] as const

export const CHECKS = [...REFUSALS.map(({ check }) => check), 'granted'] as const
type CheckName = (typeof CHECKS)[number]

export type CheckResult = {
  readonly check: CheckName
  readonly status: 'ok' | 'fail'
  /** What the gateway must answer: `issued`, or an OAuth error code. */
  readonly expected: string
  /** What it answered, or the error code of the client. */
  readonly answer: string
  readonly message: string
  readonly decision_id?: string | undefined
  /** What to check after a failure. Absent when there is nothing to say. */
  readonly hints?: readonly string[]
}

export type ProbeReport = {
  readonly checks: readonly CheckResult[]
  /** Of the worst failure: a wrong answer is worse than none. */
  readonly exitCode: ExitCode
}

/** Never throws for an answer of the gateway, whatever it is. */
export async function probe(target: ExchangeOptions): Promise<ProbeReport> {
  const checks: CheckResult[] = []
  const codes: ExitCode[] = []
  const add = ([result, code]: Outcome) => {
    checks.push(result)
    codes.push(code)
  }
  // The grant comes last: a rule may accept a token once, and then refuses it for that reason alone.
  for (const refusal of REFUSALS) {
    add(await expectRefusal(refusal, target, askedBy(refusal.check, target)))
  }
  add(await expectGrant(target))
  const worst = [EXIT_CODES.refused, EXIT_CODES.unreachable].find((code) => codes.includes(code))
  return { checks, exitCode: worst ?? EXIT_CODES.done }
}

type Outcome = readonly [CheckResult, ExitCode]
type Refusal = (typeof REFUSALS)[number]

function askedBy(check: Refusal['check'], target: ExchangeOptions): ExchangeOptions {
  switch (check) {
    case 'altered_signature':
      return { ...target, subjectToken: alterSignature(target.subjectToken) }
    case 'unknown_resource':
      // The domain `invalid` cannot exist, so no deployment has this resource (RFC 6761 §6.4).
      return { ...target, resource: 'https://probe.invalid', scopes: undefined }
    case 'unknown_scope':
      return { ...target, scopes: ['edgemint-probe:never-granted'] }
  }
}

/** Changes the first character: the last one has bits that a decoder may ignore. */
function alterSignature(token: string): string {
  const at = token.lastIndexOf('.') + 1
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}

async function expectRefusal(
  { check, expected }: Refusal,
  target: ExchangeOptions,
  asked: ExchangeOptions,
): Promise<Outcome> {
  const answer = await ask(asked)
  if (!(answer instanceof ExchangeError)) {
    await giveBack(target.url, answer)
    const message = 'the gateway issued a token that it must refuse'
    const decided = { answer: 'issued', decision_id: answer.decisionId }
    return [{ check, status: 'fail', expected, ...decided, message }, EXIT_CODES.refused]
  }
  const { code, decisionId } = answer
  const facts = { check, expected, answer: code, decision_id: decisionId }
  if (code === expected) {
    return [{ ...facts, status: 'ok', message: `refused with ${code}` }, EXIT_CODES.done]
  }
  const failure = describeExchangeFailure(answer)
  return [
    { ...facts, status: 'fail', message: failure.message, ...pickHints(failure, decisionId) },
    codeOf(failure.exitCode),
  ]
}

async function expectGrant(target: ExchangeOptions): Promise<Outcome> {
  const facts = { check: 'granted', expected: 'issued' } as const
  const answer = await ask(target)
  if (answer instanceof ExchangeError) {
    const failure = describeExchangeFailure(answer)
    const { message, exitCode } = failure
    const decided = { answer: answer.code, decision_id: answer.decisionId }
    const hints = pickHints(failure, answer.decisionId)
    return [{ ...facts, status: 'fail', ...decided, message, ...hints }, codeOf(exitCode)]
  }
  const decided = { answer: 'issued', decision_id: answer.decisionId }
  try {
    const step = await checkIssuedToken(target.url, answer)
    return [{ ...facts, ...decided, ...judge(step) }, step.exitCode ?? EXIT_CODES.done]
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    const failure = describeExchangeFailure(error)
    const rest = { message: error.description, ...pickHints(failure, undefined) }
    return [{ ...facts, ...decided, status: 'fail', ...rest }, EXIT_CODES.unreachable]
  } finally {
    await giveBack(target.url, answer)
  }
}

function judge({ status, message, hint }: Step): Pick<CheckResult, 'status' | 'message' | 'hints'> {
  const hints = hint === undefined ? {} : { hints: [hint] }
  return { status: status === 'fail' ? 'fail' : 'ok', message, ...hints }
}

/** The decision has a member of its own. */
function pickHints(
  { hints }: CommandFailure,
  decisionId: string | undefined,
): Pick<CheckResult, 'hints'> {
  const rest = hints.filter((hint) => decisionId === undefined || !hint.endsWith(decisionId))
  return rest.length === 0 ? {} : { hints: rest }
}

/** A usage failure of an exchange is a wrong answer here: the flags were checked before. */
function codeOf(exitCode: ExitCode): ExitCode {
  return exitCode === EXIT_CODES.unreachable ? exitCode : EXIT_CODES.refused
}

async function ask(asked: ExchangeOptions): Promise<ExchangedToken | ExchangeError> {
  try {
    return await exchange(asked)
  } catch (error) {
    if (error instanceof ExchangeError) return error
    throw error
  }
}

/** A schedule would otherwise leave a valid token behind each time. */
async function giveBack(url: string, token: ExchangedToken): Promise<void> {
  const { accessToken, expiresInSeconds } = token
  await revokeTokens(url, [{ accessToken, expiresAt: Date.now() / 1000 + expiresInSeconds }])
}
