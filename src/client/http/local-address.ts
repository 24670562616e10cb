/**
 * Which hosts are this machine or its own link. A proxy has no business between a workload and
 * them: metadata servers and agents hand out secrets over plain http there.
 */
import { isLoopbackName } from '../../web/host.ts'

/** Names and routed addresses of metadata servers: Google, and AWS over IPv6. */
const METADATA_HOSTS: readonly string[] = [
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  '[fd00:ec2::23]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
]

/** RFC 3927 §2.1. `0.0.0.0` reaches this machine on most systems. */
const LINK_LOCAL_IPV4 = /^(?:0\.0\.0\.0|169\.254\.\d+\.\d+)$/

/** RFC 4291 §2.4: link-local; `[::]` as `0.0.0.0`. */
const LINK_LOCAL_IPV6 = /^\[(?:::|fe[89ab][0-9a-f]:[0-9a-f:]*)\]$/

/** Loopback and link-local, as an IPv4 address in IPv6 (RFC 4291 §2.5.5.2), as URLs write it. */
const MAPPED_IPV4 = /^\[::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|a9fe:[0-9a-f]{1,4}|0:0)\]$/

/** Takes the host name as a `URL` has it, which writes each address in one way. */
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
