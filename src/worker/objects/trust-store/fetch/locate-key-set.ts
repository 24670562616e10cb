/**
 * Decides where the key set of an issuer may be fetched from: the issuer's own origin, a host in
 * its provider profile, or a host under `key_hosts`. A discovery document cannot add a host
 * (NET-04).
 */
import { isLoopbackIssuer } from '../../../../web/issuer-url.ts'
import { fail, ok, type Result } from '../../../../web/result.ts'

/** The refused host with its port. Absent if it is not a plain host name. */
export type RefusedLocation = { readonly host?: string }

/**
 * Returns the `jwks_uri` of a discovery document if it may be fetched. It must be on the issuer's
 * own origin or on an allowed host. Otherwise a discovery document could make the gateway send
 * requests to any address.
 */
export function locateKeySet(
  jwksUri: unknown,
  issuer: string,
  keyHosts: readonly string[],
  localIssuers: boolean,
): Result<string, RefusedLocation> {
  if (typeof jwksUri !== 'string' || !URL.canParse(jwksUri)) return fail({})
  const url = new URL(jwksUri)
  const refused = fail(readHost(url.host))
  if (url.username !== '' || url.password !== '') return refused
  if (url.origin === new URL(issuer).origin) return ok(jwksUri)
  const isLoopback = isLoopbackIssuer(url.origin)
  if (isLoopback ? !localIssuers : url.protocol !== 'https:') return refused
  return keyHosts.some((named) => admits(named, url.host)) ? ok(jwksUri) : refused
}

/**
 * Whether an allowed host matches. `*.` stands for one label and occurs only in provider profiles.
 */
function admits(named: string, host: string): boolean {
  if (!named.startsWith('*.')) return named === host
  const [, ...rest] = host.split('.')
  return rest.length > 1 && rest.join('.') === named.slice('*.'.length)
}

const MAX_HOST_CHARACTERS = 253

/**
 * Returns the host if it is safe to log: letters, digits, `.`, `_`, `-` or an IPv6 literal, and a
 * port.
 */
function readHost(host: string): RefusedLocation {
  const isPlain = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/.test(host)
  return isPlain && host.length <= MAX_HOST_CHARACTERS ? { host } : {}
}
