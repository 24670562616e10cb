import { describe, expect, it } from 'vitest'
import { describeTrustDocument } from '../../../src/core/rules/json-schema.ts'
import { GATEWAY, readJson, send } from '../support/gateway.ts'

const DISCOVERY = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']

describe('what the gateway publishes', () => {
  it.each(DISCOVERY)('MD-01 %s names the issuer and its endpoints', async (path) => {
    expect(await readJson(await send(path))).toMatchObject({
      issuer: GATEWAY,
      token_endpoint: `${GATEWAY}/token`,
      jwks_uri: `${GATEWAY}/jwks.json`,
      introspection_endpoint: `${GATEWAY}/introspect`,
      revocation_endpoint: `${GATEWAY}/revoke`,
      grant_types_supported: ['urn:ietf:params:oauth:grant-type:token-exchange'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    })
  })

  it('JK-01 the key set holds public members alone', async () => {
    const { keys } = (await (await send('/jwks.json')).json()) as { keys: object[] }
    expect(keys).toHaveLength(1)
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'].sort(),
    )
  })

  it.each([...DISCOVERY, '/jwks.json'])('MD-19 %s is cacheable and has an ETag', async (path) => {
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
  })

  it('the schema of trust documents is for everybody, and for editors of any origin', async () => {
    const response = await send('/schemas/trust.v1.json')
    expect(response.headers.get('content-type')).toBe('application/schema+json')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const etag = response.headers.get('etag') ?? ''
    expect(await readJson(response)).toEqual(describeTrustDocument())
    const again = await send('/schemas/trust.v1.json', { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect((await send('/schemas/trust.v1.json', { method: 'POST' })).status).toBe(405)
  })

  it('health says that every part is ready', async () => {
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
