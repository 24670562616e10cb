/**
 * Decides which requests the proxy accepts: those of programs that name one of its hosts. A page in
 * a browser can reach every loopback address, by its own DNS name (DNS rebinding) or by a host of
 * the proxy. The proxy refuses such requests.
 */
import type { IncomingMessage } from 'node:http'
import { isForeignPage } from '../../../protocol/foreign-page.ts'
import { isKnownHost, parseHost } from '../../../web/host.ts'
import { hasDotSegment } from './routes.ts'

export type Admission = {
  /** Accept any host name. True only for a Unix socket, which browsers cannot reach. */
  readonly allowsAnyHost: boolean
  /** `name` or `name:port`, in lower case. */
  readonly hosts: readonly string[]
  /** The allowed origins, as browsers write them. */
  readonly origins: readonly string[]
  /** The name of this proxy in the `Via` header. */
  readonly pseudonym: string
}

export type Refusal = {
  readonly status: number
  readonly title: string
  readonly detail: string
}

type Head = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'>

export function checkRequest(head: Head, admission: Admission): Refusal | undefined {
  return (
    checkFraming(head) ??
    checkHost(head, admission) ??
    checkBrowser(head, admission) ??
    checkTarget(head) ??
    checkLoop(head, admission)
  )
}

/** Refuses two lengths or another encoding than chunked: servers differ in them (RFC 9112 §6.3). */
function checkFraming({ headers, rawHeaders }: Head): Refusal | undefined {
  const encoding = headers['transfer-encoding']
  if (encoding === undefined) return undefined
  const isAmbiguous =
    headers['content-length'] !== undefined || countOf(rawHeaders, 'transfer-encoding') > 1
  if (!isAmbiguous && encoding.toLowerCase() === 'chunked') return undefined
  return {
    status: 400,
    title: 'Bad Request',
    detail: 'the body must have one length: content-length, or chunked encoding',
  }
}

function checkHost({ headers, rawHeaders }: Head, admission: Admission): Refusal | undefined {
  // A request needs exactly one Host header (RFC 9112 §3.2).
  if (countOf(rawHeaders, 'host') !== 1) {
    return {
      status: 400,
      title: 'Bad Request',
      detail: 'the request must have exactly one Host header',
    }
  }
  if (admission.allowsAnyHost || isAllowedHost(headers.host ?? '', admission.hosts))
    return undefined
  return {
    status: 421,
    title: 'Misdirected Request',
    detail: 'this proxy is not known by that host name; --allow-host adds one',
  }
}

function isAllowedHost(text: string, hosts: readonly string[]): boolean {
  const host = parseHost(text)
  return host !== undefined && isKnownHost(host, hosts)
}

function checkBrowser({ headers }: Head, { origins }: Admission): Refusal | undefined {
  const { origin } = headers
  const site = [headers['sec-fetch-site']].flat()[0]
  if (!isForeignPage({ origin, site }, origins)) return undefined
  return {
    status: 403,
    title: 'Forbidden',
    detail: 'pages in a browser may not use this proxy; --allow-origin allows an origin',
  }
}

/** The origin form: a path and a query, with the characters that they allow (RFC 9112 §3.2.1). */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/

function checkTarget({ method, url = '' }: Head): Refusal | undefined {
  if (method === 'CONNECT' || method === 'TRACE') {
    return {
      status: 405,
      title: 'Method Not Allowed',
      detail: `this proxy does not support ${method}`,
    }
  }
  if (TARGET.test(url) && !hasDotSegment(url)) return undefined
  return {
    status: 400,
    title: 'Bad Request',
    detail: 'the request target must be a path that begins with / and has no dot segments',
  }
}

/**
 * Refuses a request that has passed through this proxy: it would loop forever (RFC 9110 §7.6.3).
 */
function checkLoop({ headers }: Head, { pseudonym }: Admission): Refusal | undefined {
  const isLoop = headers.via?.split(',').some((entry) => entry.trim().endsWith(` ${pseudonym}`))
  if (isLoop !== true) return undefined
  return { status: 508, title: 'Loop Detected', detail: 'the upstream leads back to this proxy' }
}

function countOf(rawHeaders: readonly string[], name: string): number {
  return rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === name).length
}
