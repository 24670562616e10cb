/** The metadata of protected resources (RFC 9728). */
import { createExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import { applyTrust, deployment, GATEWAY, readJson, runWith, send } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const WELL_KNOWN = '/.well-known/oauth-protected-resource'
const MCP = `${GATEWAY}/mcp`
const SCOPES = ['tools:read', 'tools:call']
const NOTHING = { error: 'invalid_request', error_description: 'not found' }

function ask(url: string, bindings: Partial<Env> = {}): Promise<Response> | Response {
  const request = new Request(url, { headers: { host: new URL(url).host } })
  return worker.fetch(request, { ...deployment(), ...bindings }, createExecutionContext())
}

beforeAll(() =>
  applyTrust(
    trustFor(newIssuer().url, {
      resources: {
        [API]: { scopes: ['deploy:read', 'deploy:write'] },
        [MCP]: {
          scopes: SCOPES,
          protected_resource_metadata: {
            name: 'Tools of Acme',
            documentation: 'https://docs.acme.dev/tools',
          },
        },
        'HTTPS://API.acme.dev:443': { scopes: ['a'], protected_resource_metadata: true },
        [`${GATEWAY}/slash/`]: { scopes: ['a'], protected_resource_metadata: true },
        [`${GATEWAY}/quiet`]: { scopes: ['a'] },
        [`${GATEWAY}/off`]: { scopes: ['a'], protected_resource_metadata: false },
      },
    }),
  ),
)

describe('the metadata of a protected resource', () => {
  it('PR-15 is between the host and the path of the resource, and names this gateway', async () => {
    const response = await ask(`${GATEWAY}${WELL_KNOWN}/mcp`)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await readJson(response)).toEqual({
      resource: MCP,
      authorization_servers: [GATEWAY],
      scopes_supported: SCOPES,
      bearer_methods_supported: ['header'],
      resource_name: 'Tools of Acme',
      resource_documentation: 'https://docs.acme.dev/tools',
    })
  })

  it('MD-19 is cacheable, has an ETag, and any page may read it', async () => {
    const { headers } = await send(`${WELL_KNOWN}/mcp`)
    expect(headers.get('cache-control')).toBe('public, max-age=300')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    const etag = headers.get('etag') ?? ''
    const again = await send(`${WELL_KNOWN}/mcp`, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
  })

  it('PR-15 is served for another host of the deployment, in the spelling of the document', async () => {
    const hosts = { ALLOWED_HOSTS: 'api.acme.dev' }
    const response = await ask(`https://api.acme.dev${WELL_KNOWN}`, hosts)
    expect(await readJson(response)).toEqual({
      resource: 'HTTPS://API.acme.dev:443',
      authorization_servers: [GATEWAY],
      scopes_supported: ['a'],
      bearer_methods_supported: ['header'],
    })
    expect((await ask(`https://api.acme.dev${WELL_KNOWN}`)).status).toBe(421)
    expect((await ask(`https://api.acme.dev${WELL_KNOWN}/mcp`, hosts)).status).toBe(404)
  })

  it('PR-15 keeps the slash after a path', async () => {
    expect((await ask(`${GATEWAY}${WELL_KNOWN}/slash/`)).status).toBe(200)
    expect((await ask(`${GATEWAY}${WELL_KNOWN}/slash`)).status).toBe(404)
  })

  it.each([
    ['a resource that does not ask', '/quiet'],
    ['a resource that says no', '/off'],
    ['a resource of another host', '/deploy'],
    ['the gateway itself', ''],
    ['EXC-16 a path with needless escapes', '/%6dcp'],
    ['a path that only starts like a resource', '/mcp/x'],
    ['a name of every object', '/__proto__'],
  ])('EXC-10 %s has the same answer as an unknown path', async (_, path) => {
    const [response, unknown] = [
      await send(`${WELL_KNOWN}${path}`),
      await send(`${WELL_KNOWN}/no-such-resource`),
    ]
    expect(await readJson(response)).toEqual(NOTHING)
    expect(await readJson(unknown)).toEqual(NOTHING)
    expect([response.status, ...response.headers]).toEqual([404, ...unknown.headers])
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('TE-01 another method is refused in the same way for every path', async () => {
    for (const path of ['/mcp', '/quiet', '/no-such-resource']) {
      const response = await send(`${WELL_KNOWN}${path}`, { method: 'POST' })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    }
  })

  it('PR-15 is at the root of the host if the issuer has a path', async () => {
    const tenant = runWith({ ISSUER: `${GATEWAY}/tenant` })
    const response = await tenant.send(`${WELL_KNOWN}/mcp`)
    expect(await readJson(response)).toMatchObject({
      resource: MCP,
      authorization_servers: [`${GATEWAY}/tenant`],
    })
    expect((await tenant.send(`/tenant${WELL_KNOWN}/mcp`)).status).toBe(404)
  })
})
