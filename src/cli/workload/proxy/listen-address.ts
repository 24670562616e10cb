/** Parses `--listen`. The proxy is reachable only from this machine without `--allow-remote`. */
import { isLoopbackName, renderHost } from '../../../web/host.ts'
import { respell } from '../../operate/listen-flags.ts'
import { usageFailure } from '../../shell/failure.ts'

export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string }

const SOCKET_PREFIX = 'unix:'
const ADDRESS = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})$/

/** Refuses addresses that other machines can reach, unless the user allows them. */
export function parseListenAddress(text: string, allowsRemote: boolean): ListenAddress {
  if (text.startsWith(SOCKET_PREFIX)) {
    const path = text.slice(SOCKET_PREFIX.length)
    if (path === '') throw usageFailure('--listen unix: needs a path')
    return { kind: 'socket', path }
  }
  const [, bracketed = '', digits = ''] = ADDRESS.exec(text) ?? []
  const port = Number(digits)
  if (bracketed === '' || port > 65_535) {
    throw usageFailure(
      '--listen must be HOST:PORT, such as 127.0.0.1:8080, or unix:PATH; the port is from 0 to 65535',
    )
  }
  const host = respell(bracketed)
  if (!isLoopbackName(host) && !allowsRemote) {
    throw usageFailure(
      `--listen ${text} would let everyone who can reach it use the token`,
      'listen on 127.0.0.1, or add --allow-remote to permit it',
    )
  }
  return { kind: 'tcp', host, port }
}

export function renderUrl(address: ListenAddress): string {
  if (address.kind === 'socket') return `${SOCKET_PREFIX}${address.path}`
  const { host, port } = address
  return `http://${renderHost(host)}:${port}`
}
