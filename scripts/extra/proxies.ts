/**
 * The four proxies with the configurations of the documentation: examples/forward-auth. Only
 * addresses, ports and files of a deployment are replaced by those of this machine.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Certificates } from './certificates.ts'

const root = join(import.meta.dirname, '../..')

/** Ports and files of this run. */
export type Places = {
  readonly scratch: string
  readonly port: number
  readonly gatewayPort: number
  readonly originPort: number
  readonly certificates: Certificates
}

type Replacement = readonly [string, string]

export type ProxySetup = {
  readonly name: string
  readonly tool: string
  /** Files below examples/forward-auth. The tool is started with the first one. */
  readonly files: readonly string[]
  readonly replace: (places: Places, folder: string) => readonly Replacement[]
  readonly args: (config: string) => readonly string[]
  readonly environment?: (places: Places, folder: string) => Readonly<Record<string, string>>
  /** Whether it caches an allowing response, as the gateway permits. */
  readonly caches: boolean
  /** The `Host` header of its requests to the gateway. */
  readonly host: (places: Places) => string
}

const gatewayName = () => 'sts.example.com'
const gatewayAddress = ({ gatewayPort }: Places) => `127.0.0.1:${gatewayPort}`
const RESOURCE = 'resource=https%3A%2F%2Fapi.example.com&scope=deploy%3Aread'

const ENVOY: ProxySetup = {
  name: 'envoy',
  tool: 'envoy',
  files: ['envoy.yaml'],
  replace: ({ port, gatewayPort, originPort, certificates }) => [
    ['address: 0.0.0.0, port_value: 443', `address: 127.0.0.1, port_value: ${port}`],
    ['address: sts.example.com, port_value: 443', `address: 127.0.0.1, port_value: ${gatewayPort}`],
    ['port_value: 8080', `port_value: ${originPort}`],
    ['/etc/envoy/tls/api.example.com.crt', certificates.api.cert],
    ['/etc/envoy/tls/api.example.com.key', certificates.api.key],
    ['/etc/ssl/certs/ca-certificates.crt', certificates.authority],
  ],
  args: (config) => ['-c', config, '--log-level', 'error', '--use-dynamic-base-id'],
  caches: false,
  host: gatewayName,
}

/**
 * The configuration of docs/forward-auth.md for an Envoy without `path_override`, in its worst
 * case: the dots of a client path reach the gateway.
 */
const ENVOY_PREFIX: ProxySetup = {
  ...ENVOY,
  name: 'envoy-prefix',
  replace: (places, folder) => [
    ...ENVOY.replace(places, folder),
    [
      `path_override: /verify?${RESOURCE}&proof=original`,
      'path_prefix: /verify\n' +
        '                        authorization_request:\n' +
        '                          headers_to_add:\n' +
        '                            - { key: x-edgemint-require-resource, value: https://api.example.com }\n' +
        '                            - { key: x-edgemint-require-scope, value: deploy:read }\n' +
        '                            - { key: x-edgemint-require-proof, value: original }',
    ],
    ['match: { path: /verify }', 'match: { prefix: /verify/ }'],
    ['normalize_path: true', 'normalize_path: false'],
  ],
}

export const PROXIES: readonly ProxySetup[] = [
  {
    name: 'nginx',
    tool: 'nginx',
    files: ['nginx.conf'],
    replace: ({ port, originPort, certificates, ...places }, folder) => [
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['server sts.example.com:443', `server 127.0.0.1:${places.gatewayPort}`],
      ['server 127.0.0.1:8080', `server 127.0.0.1:${originPort}`],
      ['/etc/nginx/tls/api.example.com.crt', certificates.api.cert],
      ['/etc/nginx/tls/api.example.com.key', certificates.api.key],
      ['/etc/ssl/certs/ca-certificates.crt', certificates.authority],
      ['/var/cache/nginx-edgemint', join(folder, 'cache')],
      ['/var/log/nginx/error.log', join(folder, 'error.log')],
      ['/var/log/nginx/access.log', join(folder, 'access.log')],
      ['/run/nginx.pid', join(folder, 'nginx.pid')],
    ],
    args: (config) => ['-c', config, '-g', 'daemon off;'],
    caches: true,
    host: gatewayName,
  },
  {
    name: 'caddy',
    tool: 'caddy',
    files: ['Caddyfile'],
    replace: ({ port, originPort, certificates, ...places }) => [
      [
        'api.example.com {',
        '{\n\tadmin off\n\tauto_https off\n}\n' +
          `https://api.example.com:${port} {\n\tbind 127.0.0.1\n` +
          `\ttls ${certificates.api.cert} ${certificates.api.key}`,
      ],
      ['https://sts.example.com {', `https://127.0.0.1:${places.gatewayPort} {`],
      ['127.0.0.1:8080', `127.0.0.1:${originPort}`],
    ],
    args: (config) => ['run', '--config', config, '--adapter', 'caddyfile'],
    environment: ({ certificates }, folder) => ({
      SSL_CERT_FILE: certificates.authority,
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_DATA_HOME: folder,
    }),
    caches: false,
    host: gatewayName,
  },
  {
    name: 'traefik',
    tool: 'traefik',
    files: ['traefik/traefik.yaml', 'traefik/dynamic.yaml'],
    replace: ({ port, originPort, certificates, ...places }, folder) => [
      ["':443'", `'127.0.0.1:${port}'`],
      ['/etc/traefik/dynamic.yaml', join(folder, 'dynamic.yaml')],
      ['https://sts.example.com/', `https://127.0.0.1:${places.gatewayPort}/`],
      ['http://127.0.0.1:8080', `http://127.0.0.1:${originPort}`],
      ['/etc/traefik/tls/api.example.com.crt', certificates.api.cert],
      ['/etc/traefik/tls/api.example.com.key', certificates.api.key],
    ],
    args: (config) => [`--configFile=${config}`],
    environment: ({ certificates }) => ({ SSL_CERT_FILE: certificates.authority }),
    caches: false,
    host: gatewayAddress,
  },
  ENVOY,
  ENVOY_PREFIX,
]

/**
 * Returns the path of the program: in .tools, where scripts/extra/install-tools.sh puts it, or on
 * the PATH.
 */
export function findTool(tool: string): string | undefined {
  const folders = [join(root, '.tools/bin'), ...(process.env.PATH ?? '').split(delimiter)]
  // Debian installs servers in a folder that is not on the PATH of most users.
  return [...folders, '/usr/sbin'].map((folder) => join(folder, tool)).find(existsSync)
}

export type Running = {
  readonly proxy: ProxySetup
  readonly places: Places
  readonly folder: string
  /** The output of the proxy. */
  readonly said: () => string
  readonly stop: () => Promise<void>
}

/**
 * Writes the configuration and starts the proxy. `change` makes a configuration wrong on purpose.
 */
export function startProxy(
  proxy: ProxySetup,
  places: Places,
  name: string,
  change: readonly Replacement[] = [],
): Running {
  const folder = join(places.scratch, name)
  mkdirSync(folder, { mode: 0o755 })
  const configs = proxy.files.map((file) => {
    const path = join(folder, file.split('/').at(-1) ?? file)
    writeFileSync(path, configure(proxy, file, [...proxy.replace(places, folder), ...change]))
    return path
  })
  const tool = findTool(proxy.tool) ?? proxy.tool
  const child = spawn(tool, proxy.args(configs[0] ?? ''), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...proxy.environment?.(places, folder) },
    // The wheel of Envoy starts the program from a script. Both processes must end.
    detached: true,
  })
  return { proxy, places, folder, ...follow(child) }
}

/**
 * Replaces the values of a deployment in a configuration. Throws if no file contains one of them.
 */
export function configure(
  proxy: ProxySetup,
  file: string,
  replacements: readonly Replacement[],
): string {
  let text = readExample(file)
  let everything = readAll(proxy)
  for (const [from, to] of replacements) {
    if (!everything.includes(from)) throw new Error(`${proxy.name}: no "${from}" to replace`)
    everything = everything.replaceAll(from, to)
    text = text.replaceAll(from, to)
  }
  return text
}

function readAll({ files }: ProxySetup): string {
  return files.map(readExample).join('\n')
}

function readExample(file: string): string {
  return readFileSync(join(root, 'examples/forward-auth', file), 'utf8')
}

function follow(child: ChildProcess): Pick<Running, 'said' | 'stop'> {
  let said = ''
  const listen = (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-65_536)
  }
  child.stdout?.on('data', listen)
  child.stderr?.on('data', listen)
  child.once('error', (error) => listen(Buffer.from(String(error))))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
  }
  process.once('exit', kill)
  return {
    said: () => said,
    stop: async () => {
      kill()
      await ended
      process.off('exit', kill)
    },
  }
}
