import { createExecutionContext } from 'cloudflare:test'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import worker from '../../../src/worker/index.ts'
import { accessToken, applyTrust, bearer, deployment, GATEWAY, send } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'
import { questionPath, verify } from '../support/verify.ts'

const issuer = newIssuer()
beforeAll(() => applyTrust(trustFor(issuer.url)))

const newToken = async (scope?: string) => accessToken(await issuer.mint(), { scope })

const identityOf = (response: Response) =>
  Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('x-edgemint-')))

describe('/verify', () => {
  it('answers a valid token with its identity in headers and no body', async () => {
    const token = await newToken()
    const claims = decodeJwt(token)
    const response = await verify(token, { scope: 'deploy:read' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(identityOf(response)).toEqual({
      'x-edgemint-subject': claims.sub,
      'x-edgemint-client-id': 'deploy',
      'x-edgemint-scope': 'deploy:read deploy:write',
      'x-edgemint-expires-at': String(claims.exp),
      'x-edgemint-token-id': claims.jti,
      'x-edgemint-actor': '',
    })
  })

  it('may be cached for ten seconds, for the same Authorization', async () => {
    const response = await verify(await newToken())
    expect(response.headers.get('cache-control')).toBe('max-age=10')
    expect(response.headers.get('vary')).toMatch(/^authorization\b/)
  })

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers %s like any method: it is the method of the proxied request',
    async (method) => {
      const response = await verify(await newToken(), { method })
      expect([response.status, await response.text()]).toEqual([200, ''])
      expect((await verify(undefined, { method })).status).toBe(401)
    },
  )

  it('leaves a body unread', async () => {
    const body = 'x'.repeat(200_000)
    const headers = bearer(await newToken())
    const response = await send(questionPath(), { method: 'POST', headers, body })
    expect(response.status).toBe(200)
  })

  it('makes no subrequest in a warm isolate', async () => {
    const token = await newToken()
    let calls = 0
    const watched = <T extends object>(target: T): T =>
      new Proxy(target, {
        get(object, member) {
          calls += 1
          const value: unknown = Reflect.get(object, member)
          return typeof value === 'function' ? value.bind(object) : value
        },
      })
    const { TRUST_STORE, REVOCATION_LOG, REVOCATIONS, ...rest } = deployment()
    const bindings = {
      ...rest,
      TRUST_STORE: watched(TRUST_STORE),
      REVOCATION_LOG: watched(REVOCATION_LOG),
      REVOCATIONS: watched(REVOCATIONS),
    }
    const ask = () => {
      const request = new Request(`${GATEWAY}${questionPath()}`, { headers: bearer(token) })
      return worker.fetch(request, bindings, createExecutionContext())
    }
    expect((await ask()).status).toBe(200)
    expect(calls).toBeGreaterThan(0)
    calls = 0
    expect((await ask()).status).toBe(200)
    expect(calls).toBe(0)
  })
})

describe('below /verify/', () => {
  const headers = { 'x-edgemint-require-resource': API }

  it.each(['/verify/', '/verify/deployments?resource=x', '/verify/a//b/%2e%2e/c'])(
    'a proxy asks with headers, at the path of its client: %s',
    async (path) => {
      const token = bearer(await newToken())
      const response = await send(path, { method: 'DELETE', headers: { ...headers, ...token } })
      expect(response.status).toBe(200)
      const required = { ...headers, 'x-edgemint-require-scope': 'deploy:read' }
      const narrow = bearer(await newToken('deploy:write'))
      expect((await send(path, { headers: { ...required, ...narrow } })).status).toBe(403)
    },
  )
})
