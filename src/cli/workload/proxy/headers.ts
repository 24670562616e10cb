/**
 * Selects the header fields to forward. Fields of one connection are removed (RFC 9110 §7.6.1). The
 * upstream receives no credential but the token of the proxy.
 */
import type { IncomingMessage } from 'node:http'

/** Fields by lower-case name, with the spelling and order of the first and the values of all. */
export type Fields = ReadonlyMap<
  string,
  { readonly name: string; readonly values: readonly string[] }
>

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const

/**
 * Cookies are not bound to a port. A browser would send the cookies of every program on this
 * machine to the upstream, and would share the cookies of the upstream with all of them. Node's
 * server has already answered `expect`.
 */
const NOT_UP = [
  ...HOP_BY_HOP,
  'authorization',
  'dpop',
  'proxy-authorization',
  'cookie',
  'cookie2',
  'expect',
  'host',
  'http2-settings',
] as const
/** A nonce is for the proofs of the proxy. */
const NOT_DOWN = [...HOP_BY_HOP, 'set-cookie', 'set-cookie2', 'dpop-nonce'] as const

type Message = Pick<IncomingMessage, 'rawHeaders' | 'headers'>

export function fieldsUp(message: Message): Fields {
  return filterFields(message, NOT_UP)
}

export function fieldsDown(message: Message): Fields {
  return filterFields(message, NOT_DOWN)
}

function filterFields({ rawHeaders, headers }: Message, left: readonly string[]): Fields {
  const named = (headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  // Keep the length even if `connection` names it: the body would be framed differently without it.
  const dropped = new Set([...left, ...named.filter((name) => name !== 'content-length')])
  const fields = new Map<string, { name: string; values: string[] }>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    const key = name.toLowerCase()
    if (dropped.has(key)) continue
    const field = fields.get(key) ?? { name, values: [] }
    field.values.push(rawHeaders[at + 1] ?? '')
    fields.set(key, field)
  }
  return fields
}

type Settable = { setHeader(name: string, value: readonly string[] | string): unknown }

export function setFields(message: Settable, fields: Fields): void {
  for (const { name, values } of fields.values()) {
    message.setHeader(name, values.length === 1 ? (values[0] ?? '') : values)
  }
}

/** Tells whether a body follows the head. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
