/**
 * The cookies of the console. The prefix `__Host-` binds a cookie to this host and to HTTPS, so that
 * neither another host of the domain nor plain HTTP can set it (RFC 6265bis §4.1.3.2).
 */

/** The admin token of the person who signed in. */
export const SESSION_COOKIE = '__Host-edgemint'
/** The state of a sign-in, until the provider has answered. */
export const LOGIN_COOKIE = '__Host-edgemint-login'

/** `Strict` would withhold the cookie when the provider sends the browser back. */
const SAME_SITE = { [SESSION_COOKIE]: 'Strict', [LOGIN_COOKIE]: 'Lax' } as const

export type CookieName = keyof typeof SAME_SITE

/**
 * Returns the value of a cookie. Undefined if it is absent, empty or sent twice. Only the spaces of
 * RFC 6265 §4.2.1 are skipped. A browser lets another host of the domain set a cookie whose name has
 * a wider space before the prefix (CON-03).
 */
export function readCookie(request: Request, name: CookieName): string | undefined {
  const start = `${name}=`
  const sent = (request.headers.get('cookie') ?? '')
    .split(/; */)
    .filter((pair) => pair.startsWith(start))
  const value = sent.length === 1 ? sent[0]?.slice(start.length) : undefined
  return value === '' ? undefined : value
}

/** Returns the value of `Set-Cookie`. No script can read the cookie (CON-06). */
export function writeCookie(name: CookieName, value: string, maxAgeSeconds: number): string {
  const attributes = `Path=/; Max-Age=${maxAgeSeconds}; Secure; HttpOnly`
  return `${name}=${value}; ${attributes}; SameSite=${SAME_SITE[name]}`
}

export function clearCookie(name: CookieName): string {
  return writeCookie(name, '', 0)
}
