/**
 * Returns the admin token of a session. Shortly before its end, it is replaced with the refresh token
 * of the provider.
 */
import { type CommandFailure, refusal } from '../shell/failure.ts'
import { SESSION_MARGIN_SECONDS } from '../shell/limits.ts'
import { establishSession } from './gateway-login.ts'
import { readSession, type Session, writeSession } from './session-file.ts'
import { withSessionLock } from './session-lock.ts'
import { openProvider, reportFailures } from './sign-in/provider.ts'
import { type IdTokens, readIdTokens } from './sign-in/token-answer.ts'

/** Returns undefined if this user is not logged in at the gateway. */
export async function findSessionToken(gateway: string): Promise<string | undefined> {
  const session = readSession(gateway)
  if (session === undefined || isFresh(session)) return session?.access_token
  return withSessionLock(gateway, async () => {
    // Another command may have renewed or ended the session meanwhile.
    const current = readSession(gateway)
    if (current === undefined || isFresh(current)) return current?.access_token
    return renew(current)
  })
}

function isFresh({ expires_at }: Session): boolean {
  return expires_at - SESSION_MARGIN_SECONDS > Date.now() / 1000
}

async function renew(session: Session): Promise<string> {
  const { gateway, provider: login, refresh_token: refreshToken } = session
  // Without a refresh token, the last seconds of the token can still be used.
  const isOver = session.expires_at <= Date.now() / 1000
  if (refreshToken === undefined) {
    if (isOver) throw loginEnded(gateway)
    return session.access_token
  }
  const tokens = await refresh(session, refreshToken)
  // The old refresh token is used up, so the new one is stored before anything else can fail.
  const next = { ...session, refresh_token: tokens.refreshToken ?? refreshToken }
  writeSession(next)
  const renewed = await establishSession(gateway, login, {
    idToken: tokens.idToken,
    refreshToken: next.refresh_token,
  })
  writeSession(renewed)
  return renewed.access_token
}

/** The refresh token is sent only to the provider of the login, whatever the gateway says now (LGN-04). */
async function refresh({ gateway, provider: login }: Session, token: string): Promise<IdTokens> {
  const provider = await openProvider(login)
  const { library, server, client, authentication, options } = provider
  return reportFailures(login, library, async () => {
    try {
      const response = await library.refreshTokenGrantRequest(
        server,
        client,
        authentication,
        token,
        options,
      )
      const body = await library.processRefreshTokenResponse(server, client, response)
      // OpenID Connect Core §12.2: a provider may renew the access token alone.
      if (body.id_token === undefined) throw loginEnded(gateway)
      return readIdTokens(body)
    } catch (error) {
      const isOver = error instanceof library.ResponseBodyError && error.error === 'invalid_grant'
      throw isOver ? loginEnded(gateway) : error
    }
  })
}

function loginEnded(gateway: string): CommandFailure {
  return refusal(
    `the login at ${gateway} has ended: log in again`,
    `npx edgemint login --url ${gateway}`,
  )
}
