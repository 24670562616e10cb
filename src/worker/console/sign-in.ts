/**
 * Starts a sign-in: `GET /console/login` sends the browser to the provider of `ADMIN_LOGIN` with the
 * authorization code flow and PKCE (RFC 7636). The Worker is the client, so that no script of a page
 * ever has a code or a token.
 */
import { listSigningKeys } from '../../core/settings.ts'
import { PATHS } from '../../protocol/paths.ts'
import { encodeBase64Url } from '../../web/base64.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { LOGIN_STATE_SECONDS, MAX_RETURN_TO_CHARACTERS } from '../limits.ts'
import { deriveMacKey } from '../proofs/derive-key.ts'
import { LOGIN_COOKIE, writeCookie } from './cookies.ts'
import { SignInFailure } from './fault.ts'
import { isPage } from './files.ts'
import type { SignIn } from './provider.ts'
import { sealState } from './sealed-state.ts'

export async function loginRoute(c: AppContext): Promise<Response> {
  const { login, findProvider } = requireSignIn(c)
  const returnTo = readReturnTo(c)
  const key = await loadStateKey(c)
  const { authorizationEndpoint } = await findProvider()
  const [state, nonce, verifier] = [newSecret(), newSecret(), newSecret()]
  const url = new URL(authorizationEndpoint)
  const parameters = {
    response_type: 'code',
    client_id: login.client_id,
    redirect_uri: redirectUriOf(c),
    scope: login.scopes.join(' '),
    state,
    nonce,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  const { issuer, client_id: clientId } = login
  const expiresAt = readClock() + LOGIN_STATE_SECONDS
  const sealed = await sealState(
    { issuer, clientId, state, nonce, verifier, returnTo, expiresAt },
    key,
  )
  return redirect(url.href, [writeCookie(LOGIN_COOKIE, sealed, LOGIN_STATE_SECONDS)])
}

export function requireSignIn(c: AppContext): SignIn {
  const { signIn } = c.var.gateway
  if (signIn === undefined) throw new SignInFailure('login_off')
  return signIn
}

export function redirectUriOf({ var: { gateway } }: AppContext): string {
  return `${gateway.settings.issuer}${PATHS.consoleCallback}`
}

/** Every isolate derives the same key, so that any of them can end a sign-in. */
export async function loadStateKey({ env, var: { gateway } }: AppContext): Promise<CryptoKey> {
  const secrets = listSigningKeys(env).map(({ value }) => value)
  const key = await deriveMacKey(secrets, gateway.settings.issuer, 'edgemint console sign-in v1')
  if (key === undefined) throw new SignInFailure('key_missing')
  return key
}

/** Returns a redirect that the browser follows with GET. */
export function redirect(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

/**
 * Returns the page of the console to open after the sign-in. A URL parser must read it as it is
 * written. Otherwise a backslash or dot segments could lead to another place (CON-05).
 */
function readReturnTo(c: AppContext): string {
  const [given = `${PATHS.console}/`, ...more] = new URL(c.req.url).searchParams.getAll('return_to')
  const { issuer } = c.var.gateway.settings
  const url = `${issuer}${given}`
  const isOurs =
    more.length === 0 &&
    given.length <= MAX_RETURN_TO_CHARACTERS &&
    given.startsWith(`${PATHS.console}/`) &&
    isPage(given.replace(/[?#].*/s, '')) &&
    URL.canParse(url) &&
    new URL(url).href === url
  if (!isOurs) throw new SignInFailure('return_to_invalid')
  return given
}

/** 256 random bits as text. */
function newSecret(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)))
}

/** RFC 7636 §4.2. */
async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return encodeBase64Url(new Uint8Array(digest))
}
