/**
 * Which header fields go through. What belongs to one connection stays on it (RFC 9110 §7.6.1),
 * and no credential but ours goes up.
 */
import type { IncomingMessage } from 'node:http'

/** Spelling and order of the first, values of all. */
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
 * Cookies do not know ports: a browser or a cookie jar would send those of every program of this
 * machine up, and keep what comes down for all of them. `expect` has been answered here.
 */
const NOT_UP = [
  ...HOP_BY_HOP,
  'authorization',
  'proxy-authorization',
  'cookie',
  'cookie2',
  'expect',
  'host',
  'http2-settings',
] as const
const NOT_DOWN = [...HOP_BY_HOP, 'set-cookie', 'set-cookie2'] as const

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
  // The length stays, whatever a sender calls it: without it the body would be framed anew.
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

/** Whether a body follows the head. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
