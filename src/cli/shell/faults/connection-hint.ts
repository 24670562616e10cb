/** What to check when a request reached no server, by the system's code in the error of the request. */
import { findProxyHint } from './proxy-hint.ts'

const AUTHORITY =
  'this machine does not know the authority of the certificate: NODE_EXTRA_CA_CERTS=FILE names another one, or the server leaves out its intermediate certificate'
const NO_TLS =
  'the server does not speak TLS at this port: check the port, or whether it needs http'
const DNS_SERVER = 'the DNS server of this machine gave no answer: check its resolver'
const CLOSED =
  'the connection was closed without an answer: check whether the port needs https, and what is in front of it'
const NO_ROUTE =
  'no answer from this address: check the firewall, the routes, and whether this machine has IPv4 or IPv6'
const CLOCK = 'check the clock of this machine'

const HINTS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'the name has no address: check its spelling, and the DNS of this machine'],
  ['EAI_AGAIN', DNS_SERVER],
  [
    'ECONNREFUSED',
    'nothing listens at this address and port: check both, and that the server runs',
  ],
  ['ECONNRESET', CLOSED],
  ['EPIPE', CLOSED],
  ['UND_ERR_SOCKET', CLOSED],
  ['ETIMEDOUT', NO_ROUTE],
  ['UND_ERR_CONNECT_TIMEOUT', NO_ROUTE],
  ['EHOSTUNREACH', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['EADDRNOTAVAIL', NO_ROUTE],
  ['CERT_HAS_EXPIRED', `the certificate of the server has expired: renew it, or ${CLOCK}`],
  ['CERT_NOT_YET_VALID', `the certificate of the server is not valid yet: ${CLOCK}`],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'the certificate of the server is for another name: use a name that it has, or give it this one',
  ],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', AUTHORITY],
  ['SELF_SIGNED_CERT_IN_CHAIN', AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', AUTHORITY],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
])

/**
 * Returns at most one hint: the refusal of an outbound proxy, or the cause that the system's code
 * names.
 */
export function findConnectionHint(error: unknown): readonly string[] {
  const ofProxy = findProxyHint(error)
  return ofProxy.length > 0 ? ofProxy : hintCode(error)
}

function hintCode(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const hint = 'code' in error ? HINTS.get(String(error.code)) : undefined
  return hint === undefined ? hintCode(error.cause) : [hint]
}
