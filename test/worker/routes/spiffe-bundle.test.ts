/** The bundle endpoint of the gateway's trust domain (SPIFFE Federation §5.2.1). */
import { beforeAll, describe, expect, it } from 'vitest'
import { applyTrust, GATEWAY, readJson, runWith, send } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const BUNDLE = '/spiffe/bundle'

beforeAll(() => applyTrust(trustFor(newIssuer().url)))

describe('the bundle endpoint', () => {
  it('SP-04 JK-02 publishes the keys of the key set for JWT-SVIDs', async () => {
    const response = await send(BUNDLE)
    expect(response.headers.get('content-type')).toBe('application/json')
    const { keys } = (await (await send('/jwks.json')).json()) as { keys: { alg?: string }[] }
    expect(await readJson(response)).toEqual({
      keys: keys.map(({ alg: _, ...key }) => ({ ...key, use: 'jwt-svid' })),
      spiffe_sequence: expect.any(Number),
      spiffe_refresh_hint: 300,
    })
  })

  it('JK-08 is never served from a cache unasked, and has an ETag of its keys', async () => {
    const { headers } = await send(BUNDLE)
    expect(headers.get('cache-control')).toBe('no-cache')
    const etag = headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"[0-9a-f]{32}"$/)
    const again = await send(BUNDLE, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
  })

  it('does not exist without a trust domain of the deployment', async () => {
    const without = runWith({ SPIFFE_TRUST_DOMAIN: undefined } as object)
    const [response, unknown] = [await without.send(BUNDLE), await without.send('/unknown')]
    expect(response.status).toBe(404)
    expect(await response.text()).toBe(await unknown.text())
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it.each(['spiffe://acme.dev', 'Acme.dev', 'acme.dev/ci', '*', '', 'a'.repeat(256)])(
    'SP-07 "%s" is no trust domain, and no token is issued',
    async (name) => {
      const other = runWith({ SPIFFE_TRUST_DOMAIN: name } as object)
      expect((await other.send(BUNDLE)).status).toBe(503)
      expect(await readJson(await other.send('/health'))).toMatchObject({
        checks: { settings: { problems: [{ variable: 'SPIFFE_TRUST_DOMAIN' }] } },
      })
    },
  )

  it('is below the path of the issuer', async () => {
    const tenant = runWith({ ISSUER: `${GATEWAY}/tenant` })
    expect((await tenant.send(`/tenant${BUNDLE}`)).status).toBe(200)
    expect((await tenant.send(BUNDLE)).status).toBe(404)
  })
})
