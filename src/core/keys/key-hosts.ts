/**
 * Checks the hosts under `key_hosts`. The gateway may fetch an issuer's key set from these hosts as
 * well as from the issuer's own origin. Without this list, a discovery document could send the
 * gateway to any host (NET-04).
 */
import { findIssuerUrlFault, hostOf, isLoopbackIssuer } from '../../web/issuer-url.ts'

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})+(?::(?!443$)[0-9]{2,5})?$`)

type Options = { readonly localIssuers: boolean; readonly gatewayIssuer: string }

/** Returns why this text is not allowed under `key_hosts`, or undefined. */
export function findKeyHostFault(
  host: string,
  { localIssuers, gatewayIssuer }: Options,
): string | undefined {
  const url = urlOf(host)
  if (!isLoopbackIssuer(url) && !HOST.test(host)) {
    return 'must be a DNS name in lower case, with a port if it is not 443'
  }
  if (!isLoopbackIssuer(url) && hostOf(url) === hostOf(gatewayIssuer)) {
    return 'is the host of this gateway'
  }
  return findIssuerUrlFault(url, { localIssuers, hasUploadedKeys: false })
}

/** Returns the URL of a host: http for a loopback address, https for any other. */
function urlOf(host: string): string {
  const loopback = `http://${host}`
  return isLoopbackIssuer(loopback) ? loopback : `https://${host}`
}
