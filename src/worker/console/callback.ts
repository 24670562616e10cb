/**
 * Ends a sign-in: `GET /console/callback` redeems the code, exchanges the ID token for an admin token as
 * `POST /token` does for any workload, and keeps that token in the cookie of the session.
 */
import { peekNonce } from '../../core/evidence/peek-nonce.ts'
import {
  FORM_CONTENT_TYPE,
  GRANT_TYPE_TOKEN_EXCHANGE,
  TOKEN_TYPE_ID_TOKEN,
} from '../../protocol/oauth.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { MAX_COOKIE_CHARACTERS } from '../limits.ts'
import { exchangeFor } from '../routes/token.ts'
import { clearCookie, LOGIN_COOKIE, readCookie, SESSION_COOKIE, writeCookie } from './cookies.ts'
import { SignInFailure } from './fault.ts'
import { errorCodeOf, redeemCode } from './provider.ts'
import { type LoginState, openState } from './sealed-state.ts'
import { loadStateKey, redirect, redirectUriOf, requireSignIn } from './sign-in.ts'

/** The state serves once, so every answer of the route removes its cookie. */
export const WITHOUT_STATE = { 'set-cookie': clearCookie(LOGIN_COOKIE) } as const

export async function callbackRoute(c: AppContext): Promise<Response> {
  const { login, findProvider } = requireSignIn(c)
  const started = await readState(c)
  const answer = new URL(c.req.url).searchParams
  // First, because only the browser that started the sign-in knows the state. Otherwise a page could
  // end a sign-in of its own in the browser of another person (CON-03).
  if (!isSame(answer, 'state', started.state)) throw new SignInFailure('state_mismatch')
  const provider = await findProvider()
  const isNamed = answer.has('iss') || provider.namesItself
  // RFC 9207 §2.4: an answer of another provider must not reach this one (CON-04).
  if (isNamed && !isSame(answer, 'iss', login.issuer)) throw new SignInFailure('issuer_mismatch')
  if (answer.has('error')) {
    throw new SignInFailure('provider_refused', errorCodeOf(answer.get('error')))
  }
  const [code = '', ...otherCodes] = answer.getAll('code')
  if (code === '' || otherCodes.length > 0) throw new SignInFailure('code_missing')
  const idToken = await redeemCode(provider, {
    code,
    verifier: started.verifier,
    redirectUri: redirectUriOf(c),
    clientId: login.client_id,
  })
  const nonce = peekNonce(idToken)
  // The exchange verifies the same text. A code that another person got has another nonce.
  if (nonce.ok && nonce.value !== started.nonce) throw new SignInFailure('nonce_mismatch')
  const { token, lifetimeSeconds } = await exchangeIdToken(c, idToken)
  // The exchange refuses a token that cannot be read. This line does not depend on it.
  if (!nonce.ok) throw new SignInFailure('nonce_mismatch')
  const { settings } = c.var.gateway
  return redirect(`${settings.issuer}${started.returnTo}`, [
    clearCookie(LOGIN_COOKIE),
    writeCookie(SESSION_COOKIE, token, lifetimeSeconds),
  ])
}

/** The state must be of the provider and the client that are configured now. */
async function readState(c: AppContext): Promise<LoginState> {
  const { login } = requireSignIn(c)
  const sealed = readCookie(c.req.raw, LOGIN_COOKIE)
  const started = sealed && (await openState(sealed, await loadStateKey(c), readClock()))
  if (!started) throw new SignInFailure('state_missing')
  if (started.issuer !== login.issuer || started.clientId !== login.client_id) {
    throw new SignInFailure('state_mismatch')
  }
  return started
}

/**
 * Whether the parameter is given once and has the value. The browser that sends it has the state too,
 * so the comparison need not run in constant time.
 */
function isSame(answer: URLSearchParams, name: string, value: string): boolean {
  const [given, ...more] = answer.getAll(name)
  return given === value && more.length === 0
}

async function exchangeIdToken(c: AppContext, idToken: string) {
  const startedAt = Date.now()
  const form = new URLSearchParams({
    grant_type: GRANT_TYPE_TOKEN_EXCHANGE,
    subject_token: idToken,
    subject_token_type: TOKEN_TYPE_ID_TOKEN,
    resource: c.var.gateway.settings.issuer,
  })
  const input = {
    contentType: FORM_CONTENT_TYPE,
    text: form.toString(),
    isTooLarge: false,
    authorization: undefined,
  }
  const { status, body } = await exchangeFor(c, input, startedAt)
  if (!('access_token' in body)) {
    const { error_description: why, decision_id: id } = body
    const decision = id === undefined ? '' : ` (decision_id ${id})`
    throw new SignInFailure('exchange_refused', `${why}${decision}`, status < 500 ? 403 : status)
  }
  const { access_token: token, expires_in: lifetimeSeconds } = body
  if (SESSION_COOKIE.length + token.length > MAX_COOKIE_CHARACTERS) {
    throw new SignInFailure('token_too_large')
  }
  return { token, lifetimeSeconds }
}
