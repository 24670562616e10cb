/**
 * Decides whether a host is this machine or on its local link. Requests to such hosts must not pass
 * a proxy, because metadata servers and agents return secrets over plain http.
 */
import { isLoopbackName } from '../../web/host.ts'

/** Names and routable addresses of metadata servers: Google, and AWS over IPv6. */
const METADATA_HOSTS: readonly string[] = [
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  '[fd00:ec2::23]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
]

/** Link-local addresses (RFC 3927 §2.1). `0.0.0.0` reaches this machine on most systems. */
const LINK_LOCAL_IPV4 = /^(?:0\.0\.0\.0|169\.254\.\d+\.\d+)$/

/** Link-local addresses (RFC 4291 §2.4). `[::]` reaches this machine as `0.0.0.0` does. */
const LINK_LOCAL_IPV6 = /^\[(?:::|fe[89ab][0-9a-f]:[0-9a-f:]*)\]$/

/** Loopback and link-local IPv4 addresses in their IPv6 form (RFC 4291 §2.5.5.2), as URLs write it. */
const MAPPED_IPV4 = /^\[::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|a9fe:[0-9a-f]{1,4}|0:0)\]$/

/** Expects the `hostname` of a `URL`, which writes each address in one way. */
export function isLocalAddress(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  return (
    isLoopbackName(host) ||
    host.endsWith('.localhost') ||
    METADATA_HOSTS.includes(host) ||
    LINK_LOCAL_IPV4.test(host) ||
    LINK_LOCAL_IPV6.test(host) ||
    MAPPED_IPV4.test(host)
  )
}
