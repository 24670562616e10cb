/** The flags of the servers for one machine that say where they listen and by which hosts. */
import { isLoopbackName, parseHost, renderHost } from '../../web/host.ts'
import type { Flags } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'

const DEFAULT_HOST = '127.0.0.1'

export const LISTEN_FLAGS = {
  host: {
    value: 'HOST',
    about: 'where it listens: a name or an address, such as `::1`',
    default: DEFAULT_HOST,
  },
  'allow-host': {
    value: 'HOST',
    about: 'another host that requests may name: `NAME` or `NAME:PORT`',
    repeats: true,
  },
} as const satisfies Flags

/** `--host`: a name or an address; an IPv6 address may have brackets, which are removed. */
export function parseListenHost(value = DEFAULT_HOST): string {
  const bare = value.replace(/^\[(.*)\]$/, '$1')
  const isName = parseHost(bare)?.nameAndPort === bare.toLowerCase() && !/:[0-9]+$/.test(bare)
  if (isName || parseHost(`[${bare}]`)?.name === `[${bare.toLowerCase()}]`) return respell(bare)
  throw usageFailure('--host must be a name or an address without a port', 'the port is --port')
}

/** As a URL parser writes it, without brackets: `0:0:0:0:0:0:0:1` is `::1`, `127.1` is `127.0.0.1`. */
export function respell(host: string): string {
  const url = `http://${renderHost(host)}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : host.toLowerCase()
}

/** Whether this machine alone, or all of its addresses, is meant. */
export function isOwnMachine(host: string): boolean {
  return isLoopbackName(host) || host === '0.0.0.0' || host === '::'
}

/** `--allow-host`, in lower case. */
export function parseAllowedHosts(values: readonly string[] = []): readonly string[] {
  return values.map((text) => {
    const host = parseHost(text)
    if (host !== undefined) return host.nameAndPort
    throw usageFailure('--allow-host must be NAME or NAME:PORT, without a scheme')
  })
}
