/**
 * Calls AssumeRoleWithWebIdentity of AWS STS: sends the issued token in an unsigned request, and
 * returns the credentials of a role. Like every request with a token, it is bounded and follows no
 * redirect.
 */
import {
  type Answer,
  isPassingAwsCode,
  isPassingStatus,
  type RetryOptions,
  readRetryAfter,
  retry,
  send,
} from '../../../client/in-house.ts'
import { ExchangeError } from '../../../client/index.ts'
import { type CommandFailure, refusal, unreachable } from '../../shell/failure.ts'
import { findConnectionHint } from '../../shell/faults/connection-hint.ts'
import { MAX_STS_ANSWER_BYTES, MIN_TOKEN_SECONDS_LEFT } from './limits.ts'
import { type RoleCredentials, readCredentials, readErrorCode } from './sts-answer.ts'

/** The token for STS. It is valid until `expiresAt`, in epoch seconds. */
type WebIdentity = {
  readonly token: string
  readonly sessionName: string
  readonly expiresAt: number
}

export type RoleRequest = {
  readonly endpoint: string
  readonly roleArn: string
  readonly durationSeconds: number | undefined
  /** Issues a new token at each call. */
  readonly issue: () => Promise<WebIdentity>
}

/** The version of the API since 2011. STS requires it in every request. */
const API_VERSION = '2011-06-15'

/**
 * Retries temporary failures with the same token, or with a new one when the token is about to
 * expire. Retries `InvalidIdentityToken` once, because STS also returns it when it could not fetch
 * the keys of the gateway at that moment.
 */
export async function assumeRole(
  request: RoleRequest,
  options: RetryOptions,
): Promise<RoleCredentials> {
  let identity = await request.issue()
  let disbelieved: CommandFailure | undefined
  let isFirst = true
  const attempt = async () => {
    const secondsLeft = identity.expiresAt - Date.now() / 1000
    // The first token is new, even if its lifetime is shorter.
    if (!isFirst && secondsLeft < MIN_TOKEN_SECONDS_LEFT) identity = await request.issue()
    isFirst = false
    const answer = await ask(request, identity)
    if (answer.status === 200) return readGranted(answer)
    const code = readErrorCode(answer.text)
    const isPassing =
      isPassingStatus(answer.status) || (code !== undefined && isPassingAwsCode(code))
    if (isPassing) throw passing(describePassing(code, answer.status), answer)
    if (code === undefined) throw noAnswer(answer.status)
    const refused = describeRefusal(code)
    if (code !== 'InvalidIdentityToken' || disbelieved !== undefined) throw refused
    disbelieved = refused
    throw passing(refused.message, answer)
  }
  try {
    return await retry(attempt, options)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    // When no time is left for a second attempt, the refusal is final.
    if (disbelieved !== undefined && error.description.startsWith(disbelieved.message)) {
      throw disbelieved
    }
    throw unreachable(error.description, ...findConnectionHint(error))
  }
}

async function ask(request: RoleRequest, identity: WebIdentity): Promise<Answer> {
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: API_VERSION,
    RoleArn: request.roleArn,
    RoleSessionName: identity.sessionName,
    WebIdentityToken: identity.token,
  })
  const { durationSeconds } = request
  if (durationSeconds !== undefined) body.set('DurationSeconds', String(durationSeconds))
  try {
    return await send({
      url: request.endpoint,
      method: 'POST',
      headers: { accept: 'text/xml', 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
      maxBytes: MAX_STS_ANSWER_BYTES,
      who: 'AWS STS',
    })
  } catch (error) {
    if (!(error instanceof ExchangeError) || error.code === 'unreachable') throw error
    // The other messages of `send` are about a gateway.
    throw noAnswer(error.status)
  }
}

function readGranted({ status, text }: Answer): RoleCredentials {
  const credentials = readCredentials(text)
  if (credentials === undefined) throw noAnswer(status)
  return credentials
}

function passing(description: string, { status, headers }: Answer): ExchangeError {
  const retryAfterSeconds = readRetryAfter(headers)
  const isTemporary = true
  const facts = { status, description, retryAfterSeconds, isTemporary }
  return new ExchangeError({ code: 'unreachable', ...facts })
}

function noAnswer(status: number | undefined): CommandFailure {
  return unreachable(
    `the answer (status ${status ?? 'unknown'}) is not an answer of AWS STS`,
    'check --region or --endpoint',
  )
}

type Sentence = readonly [sentence: string, hint: string]

const REFUSALS: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  [
    'InvalidIdentityToken',
    [
      'AWS does not accept the token',
      'the account needs an OIDC provider for the issuer URL of the gateway, which AWS can reach',
    ],
  ],
  [
    'ExpiredTokenException',
    ['the token had expired when AWS saw it', 'check the clock of this machine, and --lifetime'],
  ],
  [
    'IDPRejectedClaim',
    [
      'AWS does not accept a claim of the token',
      'the audiences of the OIDC provider must list the resource that the token is for',
    ],
  ],
  [
    'AccessDenied',
    [
      'the role may not be assumed with this token',
      'its trust policy must name the OIDC provider, and the aud and sub of the token',
    ],
  ],
  [
    'ValidationError',
    ['AWS does not accept the request', 'check --role-arn, --session-name and --duration'],
  ],
  ['MalformedPolicyDocument', ['AWS does not accept a policy of the session', 'check --role-arn']],
  [
    'PackedPolicyTooLarge',
    ['the policies and tags of the session are too large', 'put fewer of them into the token'],
  ],
  [
    'RegionDisabledException',
    ['this AWS region is not active for the account', 'choose another with --region'],
  ],
])

function describeRefusal(code: string): CommandFailure {
  const [sentence, hint] = REFUSALS.get(code) ?? ['AWS refused the request', undefined]
  return refusal(`${sentence} (${code})`, ...(hint === undefined ? [] : [hint]))
}

function describePassing(code: string | undefined, status: number): string {
  if (code === undefined) return `AWS is temporarily unavailable (status ${status})`
  if (code.startsWith('IDPCommunicationError')) {
    return `AWS cannot fetch the keys of the gateway (${code})`
  }
  const isThrottled = /Thrott|Limit|TooMany|SlowDown|Throughput/.test(code)
  return `${isThrottled ? 'AWS limits the rate of requests' : 'AWS is temporarily unavailable'} (${code})`
}
