/**
 * The session of a person: `GET /console/session`, `POST /console/logout`, and the way in to the admin
 * API below `/console/api`. The cookie has the admin token. What the token may do is checked as at
 * `/admin/v1`.
 */
import { ADMIN_ROLES } from '../../contract/admin.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import type { Session } from '../../contract/session.ts'
import { RETRY_AFTER_SECONDS } from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import { isForeignPage } from '../../protocol/foreign-page.ts'
import { RELEASE } from '../../protocol/release.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { type AdminDoor, admitAdmin } from '../http/admin-auth.ts'
import { respondJson, respondProblem } from '../http/respond.ts'
import { log } from '../log.ts'
import { refuseLogin } from '../routes/login.ts'
import { clearCookie, readCookie, SESSION_COOKIE } from './cookies.ts'

/** Requests of the console's own pages. */
export const SESSION: AdminDoor = {
  findCaller: (c) => {
    const refused = refuseCaller(c)
    if (refused !== undefined) return refused
    const token = readCookie(c.req.raw, SESSION_COOKIE)
    return token === undefined ? refuseSession() : { scheme: 'Bearer', token }
  },
  refuse: refuseSession,
}

/**
 * Refuses what no page of the console sends. A page of another origin cannot send the cookie, because
 * it is `SameSite=Strict`; another host of the same site could (CON-02).
 */
function refuseCaller({ req, var: { gateway } }: AppContext): Response | undefined {
  const { method, headers } = req.raw
  if (headers.has('authorization')) {
    const detail = 'below /console, only the cookie of the session authenticates: use /admin/v1'
    return respondProblem({ ...PROBLEMS.headerInvalid, detail })
  }
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const own = new URL(gateway.settings.issuer).origin
  const isReading = method === 'GET' || method === 'HEAD'
  // A browser sends `Origin` with every request that is neither GET nor HEAD.
  const isForeign = isReading
    ? isForeignPage({ origin, site }, [own]) || isForeignPage({ origin: null, site }, [])
    : origin !== own || isForeignPage({ origin: null, site }, [])
  if (!isForeign) return undefined
  const detail = 'only pages of this gateway may send this request'
  return respondProblem({ ...PROBLEMS.pageForeign, detail })
}

function refuseSession(): Response {
  return respondProblem(
    { ...PROBLEMS.sessionMissing, detail: 'there is no session, or it has ended: sign in' },
    { 'www-authenticate': `Cookie cookie-name="${SESSION_COOKIE}"` },
  )
}

export async function sessionRoute(c: AppContext): Promise<Response> {
  const { settings } = c.var.gateway
  if (settings.login === undefined) return refuseLogin()
  const admitted = await admitAdmin(c, SESSION)
  if (admitted instanceof Response) return admitted
  const { claims, scopes } = admitted
  const { sub, exp } = claims
  const role = findRole(scopes)
  const answer: Session = {
    subject: sub,
    scopes: [...scopes],
    ...(role === undefined ? {} : { role }),
    expires_at: exp,
    issuer: settings.issuer,
    release: RELEASE,
  }
  return respondJson(answer)
}

function findRole(scopes: readonly string[]): Session['role'] {
  const names = Object.keys(ADMIN_ROLES) as (keyof typeof ADMIN_ROLES)[]
  return names.find((name) => {
    const granted: readonly string[] = ADMIN_ROLES[name]
    return granted.length === scopes.length && granted.every((scope) => scopes.includes(scope))
  })
}

/** Revokes the token and removes the cookie. The cookie is removed even if the log is unavailable. */
export async function logoutRoute(c: AppContext): Promise<Response> {
  const headers = { 'set-cookie': clearCookie(SESSION_COOKIE), 'cache-control': 'no-store' }
  try {
    const admitted = await admitAdmin(c, SESSION)
    if (admitted instanceof Response) {
      // A token that is refused now may be valid again: its rule may come back (CON-08).
      if (admitted.status === 401) admitted.headers.set('set-cookie', headers['set-cookie'])
      return admitted
    }
    const { jti, exp, sub, client_id: rule } = admitted.claims
    await c.var.gateway.revocationLog.revokeToken({ jti, expiresAt: exp, by: sub })
    log({ event: 'revocation', at: readClock(), tokenId: jti, rule })
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    const detail = 'signed out here, but the token is not revoked and ends by itself'
    const retry = { 'retry-after': String(RETRY_AFTER_SECONDS) }
    return respondProblem({ ...PROBLEMS.unavailable, detail }, { ...headers, ...retry })
  }
  return new Response(null, { status: 204, headers })
}
