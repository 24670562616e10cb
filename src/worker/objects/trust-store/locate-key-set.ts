/**
 * Where the key set of an issuer may be fetched from: the issuer's own origin, a host that its
 * provider profile names, or one under `key_hosts`. A discovery document cannot add one (NET-04).
 */
import { isLoopbackIssuer } from '../../../web/issuer-url.ts'
import { fail, ok, type Result } from '../../../web/result.ts'

/** What was offered, with its port; without a host when it is not plainly one. */
export type RefusedLocation = { readonly host?: string }

/**
 * Whether the `jwks_uri` of a discovery document may be fetched. Otherwise one lying line in the
 * document could send us anywhere. The issuer's own origin may; another host only when it is named.
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

/** `*.` stands for one label: profiles alone have it. */
function admits(named: string, host: string): boolean {
  if (!named.startsWith('*.')) return named === host
  const [, ...rest] = host.split('.')
  return rest.length > 1 && rest.join('.') === named.slice('*.'.length)
}

const MAX_HOST_CHARACTERS = 253

/** What may stand in a log: letters, digits, dots, dashes, or an IPv6 literal, and a port. */
function readHost(host: string): RefusedLocation {
  const isPlain = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/.test(host)
  return isPlain && host.length <= MAX_HOST_CHARACTERS ? { host } : {}
}
