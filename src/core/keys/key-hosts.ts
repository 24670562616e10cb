/**
 * Hosts that an operator may name under `key_hosts`. The key set of an issuer may be fetched from
 * them besides the issuer's own origin. Without this list, a discovery document could send the
 * gateway to any host (NET-04). The fetch itself checks what it finds there.
 */
import { findIssuerUrlFault, hostOf, isLoopbackIssuer } from '../../web/issuer-url.ts'

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})+(?::[0-9]{2,5})?$`)

type Options = { readonly localIssuers: boolean; readonly gatewayIssuer: string }

/** A sentence that says why this text cannot stand under `key_hosts`, or undefined. */
export function findKeyHostFault(
  host: string,
  { localIssuers, gatewayIssuer }: Options,
): string | undefined {
  const url = urlOf(host)
  if (!isLoopbackIssuer(url) && !HOST.test(host)) {
    return 'must be a DNS name in lower case, with a port where it is not 443'
  }
  if (!isLoopbackIssuer(url) && hostOf(url) === hostOf(gatewayIssuer)) return 'is our own host'
  return findIssuerUrlFault(url, { localIssuers, hasUploadedKeys: false })
}

/** The address that a host stands for: http on a loopback address, https anywhere else. */
function urlOf(host: string): string {
  const loopback = `http://${host}`
  return isLoopbackIssuer(loopback) ? loopback : `https://${host}`
}
