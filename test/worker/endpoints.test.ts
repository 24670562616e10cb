/** Each endpoint behaves as its row in the table says. */
import { createExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../src/contract/problems/problems.ts'
import {
  ADMIN_PREFIX,
  PATHS as API_PATHS,
  OAUTH_PROTECTED_RESOURCE,
} from '../../src/protocol/paths.ts'
import type { Endpoint } from '../../src/worker/endpoint.ts'
import { ENDPOINTS, findMethods } from '../../src/worker/endpoints.ts'
import type { Env } from '../../src/worker/env.ts'
import worker from '../../src/worker/index.ts'
import { applyTrust, deployment, GATEWAY, newStatusList } from './support/gateway.ts'
import { newIssuer } from './support/issuer.ts'
import { trustFor } from './support/trust.ts'

/** Any other path below it is a page of the console. */
const CONSOLE = `${API_PATHS.console}/`
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const ROWS = ENDPOINTS.map((endpoint) => [nameOf(endpoint), endpoint] as const)
const PATHS = [
  ...new Set(ENDPOINTS.filter(({ methods }) => methods !== 'any').map(({ path }) => path)),
]

function nameOf({ path, methods }: Endpoint): string {
  return methods === 'any' ? path : `${methods.join(' ')} ${path}`
}

function ask(
  path: string,
  method: string,
  bindings: Partial<Env> = {},
): Promise<Response> | Response {
  // Cloudflare names the address of a caller.
  const request = new Request(`${GATEWAY}${path}`, {
    method,
    headers: { 'cf-connecting-ip': '192.0.2.1' },
    cf: { country: 'DE' },
  } as RequestInit)
  return worker.fetch(request, { ...deployment(), ...bindings }, createExecutionContext())
}

const methodOf = ({ methods }: Endpoint) => (methods === 'any' ? 'GET' : (methods[0] ?? ''))

/** A path that the row serves. The metadata of a resource is below the path of its row. */
const servedPathOf = ({ path }: Endpoint) =>
  path === OAUTH_PROTECTED_RESOURCE ? `${path}/below` : path

/** The path of a collection. */
const DECISIONS = '/admin/v1/decisions'

const originOf = ({ cors }: Endpoint) => (cors === 'any_origin' ? '*' : null)

/** Without it, no page could read how long to wait. */
const exposedOf = ({ cors }: Endpoint) => (cors === 'any_origin' ? 'Retry-After' : null)

const described = { scopes: ['a'], protected_resource_metadata: true }

beforeAll(() => {
  const trust = trustFor(newIssuer().url)
  const resources = { ...trust.resources, [`${GATEWAY}/below`]: described }
  return applyTrust({ ...trust, resources })
})

describe('the table of endpoints', () => {
  it('has each method of each path once', () => {
    const served = ENDPOINTS.flatMap(({ path, methods }) =>
      methods === 'any' ? [path] : methods.map((method) => `${method} ${path}`),
    )
    expect(served).toEqual([...new Set(served)])
  })

  it.each(PATHS)(
    'TE-01 AD-06 %s answers any other method with 405 and lists its methods',
    async (path) => {
      const served = findMethods(path) ?? []
      expect(served.length).toBeGreaterThan(0)
      for (const method of METHODS) {
        const { status, headers } = await ask(path, method)
        expect(status === 405, method).toBe(!served.includes(method))
        expect(headers.get('allow'), method).toBe(status === 405 ? served.join(', ') : null)
      }
    },
  )

  it.each(ROWS)('%s is limited by address if its row says so', async (_, endpoint) => {
    const full = { limit: async () => ({ success: false }) } as RateLimit
    const limited = { RATE_LIMIT_ADDRESS: full }
    const { status, headers } = await ask(endpoint.path, methodOf(endpoint), limited)
    expect(status === 429).toBe(endpoint.limit === 'address')
    expect(headers.get('access-control-allow-origin')).toBe(originOf(endpoint))
    if (status === 429) {
      expect(headers.get('access-control-expose-headers')).toBe(exposedOf(endpoint))
    }
  })

  it.each(ROWS)('%s has the CORS and cache headers of its row', async (_, endpoint) => {
    const { headers } = await ask(servedPathOf(endpoint), methodOf(endpoint))
    expect(headers.get('access-control-allow-origin')).toBe(originOf(endpoint))
    const control = headers.get('cache-control')
    if (endpoint.cache === 'by_route') expect(control).toMatch(/^(?:no-store|no-cache|private)/)
    else expect(control).toBe(`public, max-age=${endpoint.cache}`)
  })

  it.each(ROWS)('%s has the CORS headers of its row if a limiter fails', async (_, endpoint) => {
    const fails = { limit: () => Promise.reject(new Error('down')) }
    const bindings = { RATE_LIMIT_ADDRESS: fails }
    const { status, headers } = await ask(endpoint.path, methodOf(endpoint), bindings)
    expect(status === 503).toBe(endpoint.limit === 'address')
    expect(headers.get('access-control-allow-origin')).toBe(originOf(endpoint))
  })

  it.each(ROWS)('%s needs settings unless its row says otherwise', async (_, endpoint) => {
    const response = await ask(endpoint.path, methodOf(endpoint), { LOCAL_ISSUERS: 'maybe' })
    const text = await response.text()
    if (endpoint.isAlwaysServed) {
      expect(text).not.toContain('temporarily_unavailable')
      return
    }
    expect(response.status).toBe(503)
    expect(JSON.parse(text)).toMatchObject(
      endpoint.path.startsWith(ADMIN_PREFIX) || endpoint.path.startsWith(CONSOLE)
        ? { type: PROBLEMS.unavailable.type, detail: expect.stringContaining('/health') }
        : { error: 'temporarily_unavailable' },
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBe(originOf(endpoint))
    expect(response.headers.get('access-control-expose-headers')).toBe(exposedOf(endpoint))
  })

  it.each(ROWS)('%s serves the paths below it if its row says so', async (_, endpoint) => {
    // One level below a collection is the path of a member.
    const below = endpoint.path === DECISIONS ? '/below/below' : '/below'
    const { status } = await ask(`${endpoint.path}${below}`, methodOf(endpoint))
    const isPage = endpoint.path.startsWith(CONSOLE)
    expect(status === 404).toBe(endpoint.isTree !== true && !isPage)
  })

  // Without `ADMIN_LOGIN`, the facts of the login are a problem.
  const publicRows = ROWS.filter(
    ([, { authentication, path }]) => authentication === 'none' && path !== API_PATHS.adminLogin,
  )
  it.each(publicRows)('%s answers with the type of its row', async (_, endpoint) => {
    const path = endpoint.path.replace('{list}', await newStatusList())
    const { headers } = await ask(path, methodOf(endpoint))
    expect(headers.get('content-type')).toBe(endpoint.response?.contentType)
  })
})
