/**
 * Connects to upstreams directly, or through the outbound proxy that the environment names. The
 * rules are the same as for all other requests of the command line.
 */
import http from 'node:http'
import https from 'node:https'
import { chooseRoute, type NamedProxy, type Runtime } from '../../../client/in-house.ts'
import { closeUnasked } from '../../../dev/early-answer/in-house.ts'
import { type CommandFailure, usageFailure } from '../../shell/failure.ts'
import type { Routes } from './routes.ts'

export type Agents = {
  /** Keeps connections for the next request to the same upstream. */
  readonly forRequest: (upstream: URL) => http.Agent
  /** Keeps no connections, because an upgrade takes its connection over. */
  readonly forUpgrade: (upstream: URL) => http.Agent
  readonly destroy: () => void
}

type Kept = { readonly keepAlive: boolean }

/** Throws a usage failure for an upstream that may not be reached in this environment. */
export function createAgents(routes: Routes, runtime?: Runtime): Agents {
  const proxies = new Map<string, NamedProxy>()
  for (const { upstream } of routes) {
    const route = chooseRoute(upstream, runtime)
    if (route.kind === 'refused') throw usageFailure(`--upstream: ${route.reason}`)
    const proxy = route.kind === 'usual' ? route.proxy : undefined
    if (proxy === undefined) continue
    checkProxy(proxy)
    proxies.set(upstream.origin, proxy)
  }
  const create = (keep: Kept) => (upstream: URL) => {
    if (upstream.protocol === 'http:') return new http.Agent(keep)
    const proxy = proxies.get(upstream.origin)
    // `chooseRoute` has applied NO_PROXY, so an upstream with a proxy here must use it.
    return new https.Agent({ ...keep, ...(proxy && { proxyEnv: { HTTPS_PROXY: proxy.value } }) })
  }
  const kept = new Map<string, http.Agent>()
  return {
    forRequest(upstream) {
      const agent = kept.get(upstream.origin) ?? closeUnasked(create({ keepAlive: true })(upstream))
      kept.set(upstream.origin, agent)
      return agent
    },
    forUpgrade: create({ keepAlive: false }),
    destroy() {
      for (const agent of kept.values()) agent.destroy()
    },
  }
}

/** Refuses a proxy URL that Node would ignore. Node would then connect without the proxy. */
function checkProxy({ variable, value }: NamedProxy): void {
  const isUsable = /^https?:\/\//.test(value) && URL.canParse(value) && hasReadableLogin(value)
  if (!isUsable) throw notAProxy(variable)
}

function hasReadableLogin(value: string): boolean {
  const { username, password } = new URL(value)
  try {
    return !/[\r\n]/.test(decodeURIComponent(`${username}:${password}`))
  } catch {
    return false
  }
}

/** The message leaves out the value, which may contain a password. */
function notAProxy(variable: string): CommandFailure {
  return usageFailure(
    `${variable} must be the http or https URL of a proxy`,
    `${variable}=http://proxy.example.com:3128`,
  )
}
