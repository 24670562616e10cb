/** The flags of the local servers for the address to listen on and the hosts to accept. */
import { isLoopbackName, parseHost, renderHost } from '../../web/host.ts'
import type { Flags } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'
import { parsePort } from '../shell/flags.ts'

const DEFAULT_HOST = '127.0.0.1'

export const LISTEN_FLAGS = {
  host: {
    value: 'HOST',
    about: 'the host to listen on: a name or an address, such as `::1`',
    default: DEFAULT_HOST,
  },
  'allow-host': {
    value: 'HOST',
    about: 'another host that requests may name: `NAME` or `NAME:PORT`',
    repeats: true,
  },
} as const satisfies Flags

/** Parses `--host`, a name or an address. Removes the brackets of an IPv6 address. */
export function parseListenHost(value = DEFAULT_HOST): string {
  const bare = value.replace(/^\[(.*)\]$/, '$1')
  const isName = parseHost(bare)?.nameAndPort === bare.toLowerCase() && !/:[0-9]+$/.test(bare)
  if (isName || parseHost(`[${bare}]`)?.name === `[${bare.toLowerCase()}]`) return respell(bare)
  throw usageFailure(
    '--host must be a name or an address without a port',
    'set the port with --port',
  )
}

/**
 * Spells a host as a URL parser does, without brackets: `0:0:0:0:0:0:0:1` becomes `::1`, and
 * `127.1` becomes `127.0.0.1`.
 */
export function respell(host: string): string {
  const url = `http://${renderHost(host)}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : host.toLowerCase()
}

/** Tells whether a host is a loopback name or a wildcard address. */
export function isOwnMachine(host: string): boolean {
  return isLoopbackName(host) || host === '0.0.0.0' || host === '::'
}

/** Parses the flag of a second port at the same address. Only 0, a free port, may be given for both. */
export function parseOtherPort(
  flag: string,
  value: string | undefined,
  port: number,
): number | undefined {
  if (value === undefined) return undefined
  const other = parsePort(value, 0, flag)
  if (other !== port || port === 0) return other
  throw usageFailure(
    `--port and ${flag} are both ${port}`,
    `choose another with ${flag}; port 0 picks a free port`,
  )
}

const METRICS_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '0.0.0.0', '::']

/** Parses `--metrics-port`. At another address than 127.0.0.1, the gateway may have the same port. */
export function parseMetricsPort(
  value: string | undefined,
  { host, port }: { readonly host: string; readonly port: number },
): number | undefined {
  return parseOtherPort('--metrics-port', value, METRICS_HOSTS.includes(host) ? port : 0)
}

/** Parses `--allow-host` into lower case. */
export function parseAllowedHosts(values: readonly string[] = []): readonly string[] {
  return values.map((text) => {
    const host = parseHost(text)
    if (host !== undefined) return host.nameAndPort
    throw usageFailure('--allow-host must be NAME or NAME:PORT, without a scheme')
  })
}
