import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { describeTrustDocument } from '../../../src/contract/trust-schema/json-schema.ts'
import { PATHS } from '../../../src/protocol/paths.ts'
import { GATEWAY, readJson, runWith, send } from '../support/gateway.ts'

const DISCOVERY = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']

describe('what the gateway publishes', () => {
  it.each(DISCOVERY)('MD-01 MD-02 MD-20 %s names the issuer and its endpoints', async (path) => {
    expect(await readJson(await send(path))).toMatchObject({
      issuer: GATEWAY,
      authorization_endpoint: `${GATEWAY}/authorize`,
      code_challenge_methods_supported: ['S256'],
      token_endpoint: `${GATEWAY}/token`,
      jwks_uri: `${GATEWAY}/jwks.json`,
      introspection_endpoint: `${GATEWAY}/introspect`,
      revocation_endpoint: `${GATEWAY}/revoke`,
      grant_types_supported: expect.arrayContaining([
        'urn:ietf:params:oauth:grant-type:token-exchange',
      ]),
      id_token_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    })
  })

  it('MD-04 the two documents are the same', async () => {
    const [one, other] = await Promise.all(
      DISCOVERY.map(async (path) => readJson(await send(path))),
    )
    expect(other).toEqual(one)
  })

  it('JK-02 JK-05 the key set has only public members', async () => {
    const response = await send('/jwks.json')
    expect(response.headers.get('content-type')).toBe('application/jwk-set+json')
    const { keys } = (await response.json()) as { keys: object[] }
    expect(keys).toHaveLength(1)
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'].sort(),
    )
  })

  it('JK-01 the key set is at /.well-known/jwks.json too, byte by byte', async () => {
    const [one, other] = [await send('/jwks.json'), await send('/.well-known/jwks.json')]
    for (const name of ['etag', 'content-type', 'cache-control']) {
      expect(other.headers.get(name)).toBe(one.headers.get(name))
    }
    expect(await other.text()).toBe(await one.text())
  })

  it('MD-03 is below the path of the issuer, if it has one', async () => {
    const tenant = runWith({ ISSUER: `${GATEWAY}/tenant` })
    const document = await readJson(await tenant.send('/tenant/.well-known/openid-configuration'))
    expect(document.authorization_endpoint).toBe(`${GATEWAY}/tenant/authorize`)
    expect((await tenant.send('/tenant/authorize')).status).toBe(400)
    expect((await tenant.send('/authorize')).status).toBe(404)
    const keys = await (await tenant.send('/tenant/jwks.json')).text()
    const wellKnown = await tenant.send('/tenant/.well-known/jwks.json')
    expect(await wellKnown.text()).toBe(keys)
    expect((await tenant.send('/.well-known/jwks.json')).status).toBe(404)
  })

  it('MD-09 both algorithms of two keys are listed, and both keys are published', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    const second = JSON.stringify({ ...(await exportJWK(privateKey)), alg: 'RS256' })
    const two = runWith({ SIGNING_KEY_RSA: second } as object)
    const { keys } = (await (await two.send('/jwks.json')).json()) as { keys: { alg: string }[] }
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256'])
    const document = await readJson(await two.send('/.well-known/openid-configuration'))
    expect([document.id_token_signing_alg_values_supported].flat().sort()).toEqual([
      'ES256',
      'RS256',
    ])
  })

  it.each([...DISCOVERY, '/jwks.json', '/.well-known/jwks.json'])(
    'MD-19 JK-08 %s is cacheable and has an ETag',
    async (path) => {
      const response = await send(path)
      const etag = response.headers.get('etag') ?? ''
      expect(etag).toMatch(/^"[0-9a-f]+"$/)
      expect(response.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      const again = await send(path, { headers: { 'if-none-match': `W/${etag}` } })
      expect(again.status).toBe(304)
      const head = await send(path, { method: 'HEAD' })
      expect(head.status).toBe(200)
      expect(await head.text()).toBe('')
    },
  )

  it('the schema of trust documents is public, and readable from any origin', async () => {
    const response = await send('/schemas/trust.v1.json')
    expect(response.headers.get('content-type')).toBe('application/schema+json')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const etag = response.headers.get('etag') ?? ''
    expect(await readJson(response)).toEqual(describeTrustDocument())
    const again = await send('/schemas/trust.v1.json', { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect((await send('/schemas/trust.v1.json', { method: 'POST' })).status).toBe(405)
  })

  it('the OpenAPI document names the issuer URL as its server', async () => {
    const response = await send(PATHS.openApi)
    expect(response.headers.get('content-type')).toBe('application/json')
    const { openapi, servers, components } = await readJson(response)
    expect(openapi).toMatch(/^3\.1\./)
    expect(servers).toEqual([{ url: GATEWAY }])
    expect(components).toHaveProperty('schemas.TrustDocument.title', 'Edgemint trust document')
  })

  it.each([PATHS.openApi, PATHS.trustSchema])(
    '%s answers 503 without the binding of static assets, and /health reports it',
    async (path) => {
      const bare = runWith({ ASSETS: undefined } as object)
      const response = await bare.send(path)
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
      expect(await readJson(response)).toMatchObject({
        type: 'urn:edgemint:problem:assets-missing',
        detail: expect.stringContaining('ASSETS'),
      })
      const health = await readJson(await bare.send(PATHS.health))
      expect(health).toMatchObject({ status: 'ready', checks: { assets: { enabled: false } } })
      expect(await readJson(await send(PATHS.health))).toMatchObject({
        checks: { assets: { enabled: true } },
      })
    },
  )

  it.each([
    ['fails', async () => Promise.reject(new Error('down'))],
    ['answers 500', async () => new Response('down', { status: 500 })],
    ['lacks the file', async () => new Response(null, { status: 404 })],
  ])('a binding of static assets that %s is a part that is unavailable', async (_, fetch) => {
    const broken = runWith({ ASSETS: { fetch } } as object)
    const response = await broken.send(PATHS.openApi)
    expect(response.status).toBe(503)
    expect(await readJson(response)).toMatchObject({
      type: 'urn:edgemint:problem:unavailable',
      detail: 'assets is unavailable: try again later',
    })
  })

  it.each(['GET', 'POST'])(
    'MD-08 the authorization endpoint of the metadata refuses every %s and never redirects',
    async (method) => {
      const query =
        '?response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fevil.example%2F&state=s'
      for (const path of ['/authorize', `/authorize${query}`]) {
        const response = await send(path, { method, redirect: 'manual' })
        expect(response.status).toBe(400)
        expect(response.headers.get('location')).toBeNull()
        expect(response.headers.get('cache-control')).toBe('no-store')
        const body = await response.text()
        expect(JSON.parse(body)).toEqual({
          error: 'unsupported_response_type',
          error_description: expect.stringMatching('token endpoint'),
        })
        expect(body).not.toContain('evil')
      }
    },
  )

  it('the authorization endpoint has no other method', async () => {
    const response = await send('/authorize', { method: 'PUT' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
  })

  it('health reports that every part is ready', async () => {
    const response = await send('/health')
    expect(response.status).toBe(200)
    expect(await readJson(response)).toMatchObject({
      status: 'ready',
      checks: {
        settings: { ready: true },
        signing_keys: { ready: true },
        trust_store: { ready: true },
        revocations: { ready: true },
        admin: { enabled: true },
      },
    })
  })
})
