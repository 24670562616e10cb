/**
 * Chooses the route of a request: directly to its host, by the runtime's default (which may use a
 * proxy), or not at all. A proxy never receives a secret in clear text.
 */
import { type Environment, findProcess } from '../built-in.ts'
import { isLocalAddress } from './local-address.ts'

/** How the runtime treats the proxies that the environment names. */
export type Runtime = {
  readonly environment: Environment
  /**
   * `ignored`: Node, not configured to use proxies. `used`: Node, configured to use them; a request
   * can still bypass them. `unsupported`: Node, configured to use them but too old. `forced`: Bun and
   * Deno, where no request can bypass them.
   */
  readonly proxies: 'ignored' | 'used' | 'unsupported' | 'forced'
  /** The version of Node, for messages. */
  readonly version?: string | undefined
}

export type Route =
  | { readonly kind: 'direct' }
  | { readonly kind: 'usual'; readonly proxy?: NamedProxy }
  | { readonly kind: 'refused'; readonly reason: string }

/** A proxy and the variable that names it. The value may contain a password and is never shown. */
export type NamedProxy = { readonly variable: string; readonly value: string }

const DIRECT: Route = { kind: 'direct' }
const USUAL: Route = { kind: 'usual' }

export function chooseRoute(url: URL, runtime: Runtime = findRuntime()): Route {
  const { environment, proxies } = runtime
  if (proxies === 'ignored') return USUAL
  const isLocal = isLocalAddress(url.hostname)
  if (isLocal && proxies !== 'forced') return DIRECT
  const proxy = findProxy(url.protocol, runtime)
  const isPlain = url.protocol === 'http:'
  if (proxy === undefined || isExempt(url, environment)) {
    return isPlain && proxies !== 'forced' ? DIRECT : USUAL
  }
  if (isPlain || isLocal) {
    const reason = `${proxy.variable} would send the request to ${url.host} through a proxy`
    return { kind: 'refused', reason: `${reason}: add ${url.hostname} to NO_PROXY` }
  }
  if (proxies === 'unsupported') {
    const reason = `${proxy.variable} names a proxy, which Node ${runtime.version} cannot use`
    const next = 'use Node 22.21, 24.5 or later, or unset NODE_USE_ENV_PROXY'
    return { kind: 'refused', reason: `${reason}: ${next}` }
  }
  return { kind: 'usual', proxy }
}

/**
 * Reads the variables as Node's `fetch` does: lower case first, and for https the http variable if
 * there is no https variable. Bun and Deno also read `ALL_PROXY`; Node does not.
 */
function findProxy(protocol: string, { environment, proxies }: Runtime): NamedProxy | undefined {
  const forHttp = ['http_proxy', 'HTTP_PROXY']
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY', ...forHttp] : forHttp
  const forAll = proxies === 'forced' ? ['all_proxy', 'ALL_PROXY'] : []
  for (const variable of [...names, ...forAll]) {
    const value = environment[variable]
    if (value !== undefined && value !== '') return { variable, value }
  }
  return undefined
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/**
 * Reads `NO_PROXY` as Node's `fetch` does. An entry is `*`, or a host with an optional port, and
 * includes the subdomains of the host.
 */
function isExempt({ protocol, hostname, port }: URL, environment: Environment): boolean {
  const list = environment.no_proxy || environment.NO_PROXY || ''
  const host = hostname.toLowerCase()
  return list.split(/[,\s]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = entry, itsPort] = /^(.+):(\d+)$/.exec(entry) ?? []
    if (itsPort !== undefined && itsPort !== (port || DEFAULT_PORTS[protocol])) return false
    const bare = name.toLowerCase().replace(/^\*?\./, '')
    return bare !== '' && (host === bare || host.endsWith(`.${bare}`))
  })
}

const FLAG = '--use-env-proxy'

/** Describes the runtime of this process. */
export function findRuntime(): Runtime {
  const { env: environment = {}, version, versions, ...rest } = findFacts()
  if (versions.bun !== undefined || versions.deno !== undefined) {
    return { environment, proxies: 'forced' }
  }
  const isAsked =
    environment.NODE_USE_ENV_PROXY === '1' ||
    rest.execArgv.includes(FLAG) ||
    (environment.NODE_OPTIONS ?? '').split(/\s+/).includes(FLAG)
  if (!isAsked && !hasProxyDispatcher()) return { environment, proxies: 'ignored' }
  const isSupported = rest.hasFlag || !isAsked
  return { environment, proxies: isSupported ? 'used' : 'unsupported', version }
}

function findFacts() {
  const { env, version, versions = {}, execArgv = [], ...rest } = findProcess() ?? {}
  const hasFlag = rest.allowedNodeEnvironmentFlags?.has(FLAG) === true
  return { env, version, versions, execArgv, hasFlag }
}

/** Whether the program itself set a proxy for `fetch`, such as with `setGlobalDispatcher` of undici. */
function hasProxyDispatcher(): boolean {
  return ['1', '2'].some((generation) => {
    const name = Symbol.for(`undici.globalDispatcher.${generation}`)
    const dispatcher: unknown = Reflect.get(globalThis, name)
    return dispatcher instanceof Object && /Proxy/.test(dispatcher.constructor.name)
  })
}
