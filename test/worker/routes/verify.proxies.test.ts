import { beforeAll, describe, expect, it } from 'vitest'
import { accessToken, applyTrust, bearer, send } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const API = 'https://api.example.com'
const OTHER = 'https://other.example.com'

/**
 * The forward-auth request of each program for a client's `PUT /deployments?access_token=1`, with
 * the configuration of examples/forward-auth and the recorded headers (nginx 1.22, Caddy 2.6,
 * Traefik 3.7, Envoy 1.40). `npm run check:proxies` runs the programs themselves.
 */
const QUESTION = '/verify?resource=https%3A%2F%2Fapi.example.com&scope=deploy%3Aread'
const FORWARDED = {
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-host': 'api.example.com',
  'x-forwarded-method': 'PUT',
  'x-forwarded-proto': 'https',
  'x-forwarded-uri': '/deployments?access_token=1',
  'accept-encoding': 'gzip',
}
const ENVOY = {
  'content-length': '0',
  'x-forwarded-proto': 'http',
  'x-request-id': 'cf18eb24-5567-4015-9b14-3e3e63399461',
  'x-envoy-expected-rq-timeout-ms': '5000',
  'x-envoy-original-host': 'api.example.com',
}

type Asked = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const PROXIES: Readonly<Record<string, Asked>> = {
  nginx: { method: 'GET', path: QUESTION, headers: {} },
  Caddy: { method: 'GET', path: QUESTION, headers: { ...FORWARDED, 'x-private': '1' } },
  Traefik: {
    method: 'GET',
    path: QUESTION,
    headers: { ...FORWARDED, 'user-agent': 'Go-http-client/1.1' },
  },
  Envoy: { method: 'PUT', path: QUESTION, headers: ENVOY },
  'Envoy with path_prefix': {
    method: 'PUT',
    path: '/verify/deployments?access_token=1',
    headers: {
      ...ENVOY,
      'x-edgemint-require-resource': API,
      'x-edgemint-require-scope': 'deploy:read',
    },
  },
}

const issuer = newIssuer()

beforeAll(async () => {
  const base = trustFor(issuer.url)
  const [rule] = base.rules
  const scopes = ['deploy:read', 'deploy:write']
  const granting = (name: string, resource: string) => ({
    ...rule,
    name,
    grant: { resource, scopes },
  })
  await applyTrust({
    ...base,
    resources: { [API]: { scopes }, [OTHER]: { scopes } },
    rules: [granting('deploy', API), granting('other', OTHER)],
  })
})

const newToken = async (resource = API, scope?: string) =>
  accessToken(await issuer.mint(), { resource, scope })

describe.each(Object.entries(PROXIES))(
  'for a request of %s, the gateway',
  (_, { method, path, headers }) => {
    const ask = (token?: string) =>
      send(path, { method, headers: { ...headers, ...(token === undefined ? {} : bearer(token)) } })

    it('returns 200 with the whole identity for a token of the resource', async () => {
      const response = await ask(await newToken())
      expect(response.status).toBe(200)
      const names = [...response.headers.keys()].filter((name) => name.startsWith('x-edgemint-'))
      expect(names).toHaveLength(6)
    })

    it('returns 401 without a token, and for one of another resource', async () => {
      expect((await ask()).headers.get('www-authenticate')).toBe('Bearer')
      expect((await ask(await newToken(OTHER))).status).toBe(401)
    })

    it('returns 403 if a scope is missing', async () => {
      expect((await ask(await newToken(API, 'deploy:write'))).status).toBe(403)
    })
  },
)
