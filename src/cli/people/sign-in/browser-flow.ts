/**
 * Logs in with the browser of this machine: authorization code flow with PKCE (RFC 7636), whose
 * answer comes to a port of this machine (RFC 8252).
 */
import type { AdminLogin } from '../../../contract/login.ts'
import { CommandFailure, refusal } from '../../shell/failure.ts'
import { note, say } from '../../shell/output.ts'
import { startLoopback } from './loopback.ts'
import { canShowBrowser, openBrowser } from './open-browser.ts'
import { type Provider, refuseUrl, reportFailures } from './provider.ts'
import { type IdTokens, readIdTokens } from './token-answer.ts'

type BrowserFlow = {
  readonly login: AdminLogin
  readonly provider: Provider
  readonly redirectUri: URL
  readonly waitSeconds: number
  /** Runs with the tokens, before the browser is told how the login ended. */
  readonly use: (tokens: IdTokens) => Promise<void>
}

export async function logInByBrowser(flow: BrowserFlow): Promise<void> {
  const { authorization_endpoint: endpoint } = flow.provider.server
  if (endpoint === undefined) throw refusal('the provider has no authorization endpoint')
  refuseUrl(endpoint, 'endpoint')
  const loopback = await startLoopback(flow.redirectUri)
  let message = 'The login has failed. The terminal says why. You can close this page.'
  try {
    const tokens = await askPerson(flow, endpoint, loopback)
    await flow.use(tokens)
    message = 'You are logged in. You can close this page.'
  } finally {
    await loopback.finish(message)
  }
}

type Loopback = Awaited<ReturnType<typeof startLoopback>>

async function askPerson(
  { login, provider, waitSeconds }: BrowserFlow,
  endpoint: string,
  { redirectUri, answered }: Loopback,
): Promise<IdTokens> {
  const { library, server, client, authentication, options } = provider
  const verifier = library.generateRandomCodeVerifier()
  const state = library.generateRandomState()
  const nonce = library.generateRandomNonce()
  const url = new URL(endpoint)
  const parameters = {
    response_type: 'code',
    client_id: login.client_id,
    redirect_uri: redirectUri,
    scope: login.scopes.join(' '),
    state,
    nonce,
    code_challenge: await library.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  say('open this page to log in:')
  note(`  ${url.href}`)
  if (canShowBrowser()) openBrowser(url.href)
  const answer = await within(waitSeconds, answered)
  // Another page, or an earlier login, has sent this answer (LGN-01).
  if (answer.get('state') !== state) {
    throw refusal('the browser came back from another login: log in again')
  }
  if (answer.has('iss') && answer.get('iss') !== login.issuer) {
    throw refusal('the browser came back from another provider: log in again')
  }
  return reportFailures(login, library, async () => {
    const parametersOfAnswer = library.validateAuthResponse(server, client, answer, state)
    const response = await library.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parametersOfAnswer,
      redirectUri,
      verifier,
      options,
    )
    const body = await library.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
    return readIdTokens(body)
  })
}

/** Rejects when nobody has logged in within this time. */
async function within<Value>(seconds: number, wanted: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<CommandFailure>((resolve) => {
    timer = setTimeout(() => resolve(tooLate(seconds)), seconds * 1000)
  })
  try {
    const first = await Promise.race([wanted, late])
    if (first instanceof CommandFailure) throw first
    return first
  } finally {
    clearTimeout(timer)
  }
}

export function tooLate(seconds: number): CommandFailure {
  return refusal(`nobody logged in within ${seconds} seconds`, 'run the command again')
}
