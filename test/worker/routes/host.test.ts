import { createExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import { accessToken, applyTrust, bearer, deployment, GATEWAY } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
beforeAll(() => applyTrust(trustFor(issuer.url)))

type Asked = {
  readonly host?: string | undefined
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly bindings?: Partial<Env>
}

/** Builds a request as workerd does: the URL is the host as it was sent, then the target. */
async function ask({ host, path = '/health', method = 'GET', headers = {}, bindings = {} }: Asked) {
  const request = new Request(host === undefined ? `${GATEWAY}${path}` : GATEWAY, {
    method,
    headers: host === undefined ? headers : { ...headers, host },
  })
  const url = host === undefined ? request.url : `http://${host}${path}`
  Object.defineProperty(request, 'url', { value: url })
  const env = { ...deployment(), ...bindings }
  return worker.fetch(request, env, createExecutionContext())
}

const QUESTION = `/verify?resource=${encodeURIComponent(API)}`
const LOCAL = { LOCAL_GATEWAY: 'true' } as const
const ROUTES = ['/health', '/jwks.json', '/token', '/introspect', '/admin/v1/trust', QUESTION]
const METHODS = ['GET', 'POST', 'OPTIONS', 'PUT']

describe('a Host header that is not a host', () => {
  const hosts = ['x/health?', 'x/health#', 'x\\health?', 'sts.test/health?', 'x?', 'a@sts.test']
  it.each(hosts)('"%s" gets 400 at every path', async (host) => {
    for (const path of ROUTES) {
      for (const method of METHODS) {
        expect((await ask({ host, path, method })).status, `${method} ${path}`).toBe(400)
      }
    }
  })

  it('gets 400 if it is only in the URL', async () => {
    // The target of `OPTIONS *` follows the host without a slash.
    expect((await ask({ host: 'sts.test', path: '*', method: 'OPTIONS' })).status).toBe(400)
  })
})

describe('an unknown host', () => {
  it.each(['evil.example', 'evil.example:8787', 'sts.test.evil.example', 'x.sts.test', '10.0.0.1'])(
    'ADM-10 %s gets 421 on every route but /verify',
    async (host) => {
      for (const path of ROUTES.filter((route) => route !== QUESTION)) {
        for (const method of METHODS) {
          expect((await ask({ host, path, method })).status, `${method} ${path}`).toBe(421)
        }
      }
      expect((await ask({ host, path: QUESTION })).status).toBe(401)
    },
  )

  it('is served at /verify, where only the token decides', async () => {
    const token = await accessToken(await issuer.mint())
    const asked = { host: 'api.example.com', path: QUESTION, headers: bearer(token) }
    expect((await ask(asked)).status).toBe(200)
    const below = { ...asked.headers, 'x-edgemint-require-resource': API }
    expect((await ask({ ...asked, path: '/verify/a?b', headers: below })).status).toBe(200)
    expect((await ask({ ...asked, path: '/verifyx', headers: below })).status).toBe(421)
  })
})

type Repeated = {
  readonly host?: string
  readonly url?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

describe('a host that was accepted before', () => {
  const env = { ...deployment(), ...LOCAL }
  const repeat = (asked: Repeated) => {
    const { host = 'sts.test', url = `${GATEWAY}/health`, method = 'GET', headers = {} } = asked
    const request = new Request(url, { method, headers: { ...headers, host } })
    return worker.fetch(request, env, createExecutionContext())
  }

  it('ADM-10 does not make another host known', async () => {
    expect((await repeat({})).status).toBe(200)
    expect((await repeat({})).status).toBe(200)
    const foreign = { host: 'evil.example', url: 'https://evil.example/health' }
    for (let round = 0; round < 2; round += 1) {
      expect((await repeat({ host: 'evil.example' })).status).toBe(421)
      expect((await repeat({ url: foreign.url })).status).toBe(421)
      expect((await repeat(foreign)).status).toBe(421)
    }
    expect((await repeat({ host: 'x/health?' })).status).toBe(400)
    expect((await repeat({})).status).toBe(200)
  })

  const page = { origin: 'https://evil.example' }

  it('is still closed to pages of other origins', async () => {
    const asked = { url: `${GATEWAY}/token`, method: 'POST' }
    expect((await repeat(asked)).status).toBe(415)
    expect((await repeat({ ...asked, headers: page })).status).toBe(403)
  })

  it('leaves /verify open to pages, as it is the first time', async () => {
    const asked = { url: `${GATEWAY}${QUESTION}`, method: 'POST', headers: page }
    for (let round = 0; round < 3; round += 1) expect((await repeat(asked)).status).toBe(401)
  })
})

describe('a known host', () => {
  it.each(['sts.test', 'STS.test', 'sts.test:443', 'localhost:8787', '127.0.0.1', '[::1]:8787'])(
    '%s is served',
    async (host) => {
      expect((await ask({ host })).status).toBe(200)
    },
  )

  it('is served if ALLOWED_HOSTS has it, with or without a port', async () => {
    const bindings = { ALLOWED_HOSTS: 'Gateway.internal, b.test:8443' }
    expect((await ask({ host: 'gateway.internal:8787', bindings })).status).toBe(200)
    expect((await ask({ host: 'b.test:8443', bindings })).status).toBe(200)
    expect((await ask({ host: 'b.test', bindings })).status).toBe(421)
  })

  it('is any host of the URL without a Host header, as from a service binding', async () => {
    const response = await worker.fetch(
      new Request('https://gateway/health'),
      deployment(),
      createExecutionContext(),
    )
    expect(response.status).toBe(200)
  })

  it('is any host while ISSUER is missing, so that /health can report it', async () => {
    const { ISSUER: _, ...env } = deployment()
    const request = new Request('https://any.example/health', { headers: { host: 'any.example' } })
    expect((await worker.fetch(request, env, createExecutionContext())).status).toBe(503)
  })

  it('is not served while ALLOWED_HOSTS is invalid, and the variable is named', async () => {
    const response = await ask({ host: 'sts.test', bindings: { ALLOWED_HOSTS: 'https://a.test' } })
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('ALLOWED_HOSTS')
  })
})

describe('a page in a browser on the same machine', () => {
  const host = 'localhost:8787'
  const page = (origin: string, site: string) => ({ origin, 'sec-fetch-site': site })

  it.each(['/token', '/introspect', '/revoke', '/admin/v1/trust'])(
    'of another origin may not post to %s',
    async (path) => {
      for (const headers of [
        page('https://evil.example', 'cross-site'),
        page('http://localhost:3000', 'same-site'),
        page('null', 'cross-site'),
        { 'sec-fetch-site': 'cross-site' },
      ]) {
        const asked = { host, path, method: 'POST', headers, bindings: LOCAL }
        expect((await ask(asked)).status).toBe(403)
      }
    },
  )

  it('may read published documents', async () => {
    const headers = page('https://app.example.com', 'cross-site')
    const asked = { host, path: '/jwks.json', headers, bindings: LOCAL }
    expect((await ask(asked)).status).toBe(200)
  })

  it('of the gateway’s own origin may post, and so may every program', async () => {
    const own = page('http://localhost:8787', 'same-origin')
    for (const headers of [own, {}]) {
      const asked = { host, path: '/token', method: 'POST', headers, bindings: LOCAL }
      expect((await ask(asked)).status).toBe(415)
    }
  })

  it('is not checked in a deployment, where CORS keeps answers from pages', async () => {
    const headers = page('https://app.example.com', 'cross-site')
    expect((await ask({ host: 'sts.test', path: '/token', method: 'POST', headers })).status).toBe(
      415,
    )
  })
})
