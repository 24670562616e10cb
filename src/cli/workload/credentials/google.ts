/**
 * Google's executable-sourced credentials: the answer that Google's libraries read from stdout, and
 * the `external_account` configuration that makes them run the command. The libraries merge stderr
 * into stdout, so the command must print nothing but the answer.
 */
import { makePlain } from '../../../web/text/plain.ts'
import { CommandFailure, usageFailure } from '../../shell/failure.ts'

const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const TOKEN_TYPES = [JWT, 'urn:ietf:params:oauth:token-type:id_token']

/** The request of the libraries, which they pass in environment variables. */
export type GoogleRequest = {
  /** `//iam.googleapis.com/projects/…`. Undefined when no library runs the command. */
  readonly audience: string | undefined
  readonly tokenType: string
}

export function readGoogleRequest(environment: NodeJS.ProcessEnv): GoogleRequest {
  const audience = environment.GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE || undefined
  const tokenType = environment.GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE || JWT
  if (audience !== undefined && environment.GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES !== '1') {
    throw usageFailure('GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES must be 1')
  }
  if (!TOKEN_TYPES.includes(tokenType)) {
    throw usageFailure(`subject_token_type must be ${JWT}`)
  }
  if (environment.GOOGLE_EXTERNAL_ACCOUNT_REVOKE === '1') {
    throw usageFailure('GOOGLE_EXTERNAL_ACCOUNT_REVOKE is not supported: no token is stored')
  }
  return { audience, tokenType }
}

/** Returns the audience that Google expects for a provider without a list: its name as a URL. */
export function defaultResource(audience: string | undefined): string | undefined {
  return audience !== undefined && PROVIDER.test(audience) ? `https:${audience}` : undefined
}

export function renderGoogleAnswer(
  { accessToken, expiresAt }: { readonly accessToken: string; readonly expiresAt: number },
  tokenType: string,
): string {
  return JSON.stringify({
    version: 1,
    success: true,
    token_type: tokenType,
    id_token: accessToken,
    expiration_time: Math.floor(expiresAt),
  })
}

const CODES: ReadonlyMap<number, string> = new Map([
  [1, 'REFUSED'],
  [2, 'USAGE'],
  [3, 'UNREACHABLE'],
])

/** Renders a failure. The libraries show its code and message to the user. */
export function renderGoogleFailure(error: unknown): string {
  const isKnown = error instanceof CommandFailure
  const text = isKnown ? [error.message, ...error.hints].join('; ') : 'unexpected failure'
  const code = (isKnown ? CODES.get(error.exitCode) : undefined) ?? 'FAILED'
  // The message is shown on a terminal, and part of it may come from a gateway.
  const message = `edgemint: ${makePlain(text.replace(/[^\x20-\x7e]/g, '?'))}`
  return JSON.stringify({ version: 1, success: false, code, message })
}

const PROVIDER =
  /^\/\/iam\.googleapis\.com\/projects\/[0-9]+\/locations\/global\/workloadIdentityPools\/[\w-]+\/providers\/[\w-]+$/
const SERVICE_ACCOUNT = /^[a-z][a-z0-9-]*@[a-z0-9.-]+\.gserviceaccount\.com$/

export function checkProvider(audience: string): void {
  if (!PROVIDER.test(audience)) {
    throw usageFailure(
      '--audience must be the name of a workload identity provider of Google',
      '//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME',
    )
  }
}

export type GoogleConfigOptions = {
  readonly audience: string
  readonly serviceAccount: string | undefined
  readonly command: readonly string[]
  readonly timeoutSeconds: number
}

export function renderGoogleConfig(options: GoogleConfigOptions): string {
  const { audience, serviceAccount, command, timeoutSeconds } = options
  const config = {
    type: 'external_account',
    audience,
    subject_token_type: JWT,
    token_url: 'https://sts.googleapis.com/v1/token',
    ...(serviceAccount === undefined ? {} : impersonation(serviceAccount)),
    credential_source: {
      executable: { command: joinCommand(command), timeout_millis: timeoutSeconds * 1000 },
    },
  }
  return JSON.stringify(config, null, 2)
}

function impersonation(account: string) {
  if (!SERVICE_ACCOUNT.test(account)) {
    throw usageFailure('--service-account must be the email address of a service account')
  }
  const base = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts'
  return { service_account_impersonation_url: `${base}/${account}:generateAccessToken` }
}

/** Joins the words of the command. Each library splits it differently, except for plain words. */
function joinCommand(words: readonly string[]): string {
  if (words.some((word) => !/^[^\s"'\\$`]+$/.test(word))) {
    throw usageFailure(
      'a word of the command must not contain a space, a quote, a backslash, $ or `',
    )
  }
  return words.join(' ')
}
