/**
 * AssumeRoleWithWebIdentity of AWS STS: one unsigned request with the issued token, credentials of
 * a role or a sentence out. Bounded and without redirects, as every request that holds a token.
 */
import type { Answer } from '../../client/answer.ts'
import { ExchangeError } from '../../client/index.ts'
import { send } from '../../client/send.ts'
import { type CommandFailure, refusal, unreachable } from '../failure.ts'
import { MAX_STS_ANSWER_BYTES } from './limits.ts'
import { type RoleCredentials, readCredentials, readErrorCode } from './sts-answer.ts'

export type RoleRequest = {
  readonly endpoint: string
  readonly roleArn: string
  readonly sessionName: string
  readonly durationSeconds: number | undefined
  readonly webIdentityToken: string
}

/** The API is of this version since 2011, and the query has to say so. */
const API_VERSION = '2011-06-15'

export async function assumeRole(request: RoleRequest): Promise<RoleCredentials> {
  return judgeAnswer(await ask(request))
}

async function ask(request: RoleRequest): Promise<Answer> {
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: API_VERSION,
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    WebIdentityToken: request.webIdentityToken,
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
    })
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    // The other sentences speak of a gateway.
    throw error.code === 'unreachable' ? unreachable(error.description) : noAnswer(error.status)
  }
}

function judgeAnswer({ status, text }: Answer): RoleCredentials {
  if (status === 200) {
    const credentials = readCredentials(text)
    if (credentials === undefined) throw noAnswer(status)
    return credentials
  }
  const code = readErrorCode(text)
  if (code === undefined) throw noAnswer(status)
  throw describeRefusal(code, status)
}

function noAnswer(status: number | undefined): CommandFailure {
  return unreachable(
    `the answer (status ${status ?? 'unknown'}) is not one of AWS STS`,
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
  [
    'RegionDisabledException',
    ['this region of AWS is not active for the account', 'choose another with --region'],
  ],
])

const PASSING: ReadonlyMap<string, string> = new Map([
  ['IDPCommunicationError', 'AWS cannot reach the gateway for its keys'],
  ['Throttling', 'AWS asks to be left alone for a while'],
  ['ServiceUnavailable', 'AWS cannot answer now'],
  ['InternalFailure', 'AWS cannot answer now'],
])

function describeRefusal(code: string, status: number): CommandFailure {
  const passing = PASSING.get(code)
  if (passing !== undefined) return unreachable(`${passing} (${code})`)
  if (status >= 500) return unreachable(`AWS cannot answer now (${code})`)
  const [sentence, hint] = REFUSALS.get(code) ?? ['AWS refuses', undefined]
  return refusal(`${sentence} (${code})`, ...(hint === undefined ? [] : [hint]))
}
