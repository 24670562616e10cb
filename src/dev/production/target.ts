/** The target of a request, and the host that it is for. */
import type { IncomingMessage } from 'node:http'
import { parseHost } from '../../web/host.ts'

/** `http://host/path`: proxies send it, and a server must accept it (RFC 9112 §3.2.2). */
const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)(.*)$/i

/**
 * Returns what is wrong with the head of a request, or undefined. An absolute target becomes a path,
 * and its host replaces that of the `Host` field, which does not count then. Otherwise a proxy in
 * front that reads the target would see another host than the gateway. Two fields are refused (§3.2),
 * because two programs could read two hosts, and so is an invalid one that does not count. Any other
 * host is judged by who serves the path.
 */
export function settleTarget(request: IncomingMessage): string | undefined {
  const { rawHeaders } = request
  const hosts = rawHeaders.flatMap((text, at) =>
    at % 2 === 0 && text.toLowerCase() === 'host' ? [at + 1] : [],
  )
  const [at] = hosts
  if (at === undefined || hosts.length > 1) return 'the Host header must be given once'
  const absolute = ABSOLUTE.exec(request.url ?? '')
  if (absolute === null) return undefined
  if (parseHost(rawHeaders[at] ?? '') === undefined) {
    return 'the Host header must be one host with an optional port'
  }
  const [, host = '', rest = ''] = absolute
  rawHeaders[at] = host
  request.headers.host = host
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  return undefined
}
