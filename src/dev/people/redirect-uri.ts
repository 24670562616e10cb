/**
 * The redirect URIs of the public client. A client on this machine may use any port (RFC 8252 §7.3),
 * and the console of any gateway on a loopback address is registered. Otherwise URIs are compared
 * exactly (RFC 9700 §2.1).
 */
import { isLoopbackName } from '../../web/host.ts'

/** Of the command line. */
const NATIVE_PATH = '/callback'
/** Of a console, which is below the path of its gateway's issuer URL. */
const CONSOLE_PATH = /^(?:\/[A-Za-z0-9._~-]+)*\/console\/callback$/

/** Returns whether the client may be answered at this URI. */
export function isRegisteredRedirect(uri: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname, pathname, search, hash, username, password, href } = new URL(uri)
  // Another spelling of a registered URI is another URI.
  if (href !== uri || `${search}${hash}${username}${password}` !== '') return false
  if (!isLoopbackName(hostname)) return false
  if (protocol === 'http:' && pathname === NATIVE_PATH) return hostname !== 'localhost'
  return (protocol === 'http:' || protocol === 'https:') && CONSOLE_PATH.test(pathname)
}
