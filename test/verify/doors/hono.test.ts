/** The middleware in a Hono app: which requests pass, and the answers to the caller and the app. */
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { requireToken, type TokenVariables } from '../../../src/verify/doors/hono.ts'
import { createNonces } from '../../../src/verify/proof/nonces.ts'
import { openBound, URL_OF_CALL } from '../support/bound.ts'
import { hangUp, startGateway } from '../support/gateway.ts'
import { AUDIENCE, createSigner, mint, NOW } from '../support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])

function newApp() {
  const app = new Hono<{ Variables: TokenVariables }>()
  const options = { issuer: gateway.issuer, audience: AUDIENCE, realm: 'api', now: () => NOW }
  app.get('/read', requireToken({ ...options, scopes: ['deploy:read'] }), (c) =>
    c.json({ subject: c.get('token').subject, scopes: c.get('token').scopes }),
  )
  app.get('/admin', requireToken({ ...options, scopes: ['admin'] }), (c) => c.text('never'))
  app.get('/fails', requireToken(options), () => {
    throw new Error('a bug of the app')
  })
  return app
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('requireToken', () => {
  test('accepts a valid token and gives the app the caller’s identity', async () => {
    const response = await newApp().request('/read', bearer(await mint(signer, gateway.issuer)))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      subject: 'github:8123456:production',
      scopes: ['deploy:read', 'deploy:write'],
    })
  })

  test('PR-09 returns 401 without an error code for a request without a token', async () => {
    const response = await newApp().request('/read')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="api"')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('PR-08 returns 400 for a request of Node with so many headers that it may hide some', async () => {
    const init = bearer(await mint(signer, gateway.issuer))
    const ask = async (fields: number, maxHeadersCount: number | null) => {
      const rawHeaders = Array.from({ length: fields * 2 }, () => 'a')
      const incoming = { rawHeaders, socket: { server: { maxHeadersCount } } }
      return (await newApp().request('/read', init, { incoming })).status
    }
    expect(await ask(999, null)).toBe(200)
    expect(await ask(1000, null)).toBe(400)
    expect(await ask(20, 20)).toBe(400)
    expect(await ask(2000, 0)).toBe(200)
  })

  test('PR-10 returns 401 invalid_token for an invalid token', async () => {
    const token = await mint(signer, gateway.issuer, { claims: { exp: NOW - 600 } })
    const response = await newApp().request('/read', bearer(token))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(await response.text()).not.toContain(token)
  })

  test('PR-10 returns 403 and the needed scope for a token without it', async () => {
    const response = await newApp().request('/admin', bearer(await mint(signer, gateway.issuer)))
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect(response.headers.get('www-authenticate')).toContain('scope="admin"')
  })

  test('returns 503 with Retry-After when the keys are unavailable', async () => {
    gateway.answerAll(hangUp)
    const response = await newApp().request('/read', bearer(await mint(signer, gateway.issuer)))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(response.headers.get('www-authenticate')).toBeNull()
  })

  test('passes errors of the app to the app', async () => {
    const response = await newApp()
      .onError((error, c) => c.text(error.message, 500))
      .request('/fails', bearer(await mint(signer, gateway.issuer)))
    expect(await response.text()).toBe('a bug of the app')
  })

  test('throws at once for a wrong option', () => {
    expect(() => requireToken({ issuer: 'http://sts.example.com', audience: AUDIENCE })).toThrow(
      TypeError,
    )
    // Otherwise a misspelt option would be ignored and protect nothing.
    const misspelt = { issuer: gateway.issuer, audience: AUDIENCE, scope: ['admin'] }
    expect(() => requireToken(misspelt)).toThrow('unknown option "scope"')
  })
})

describe('DP-16 a new nonce for the next proof', async () => {
  const secret = 'a secret of thirty-two characters'
  const bound = await openBound()

  async function ask(answer: () => Response): Promise<Response> {
    const verifier = bound.open({ proofNonce: { secret } })
    const app = new Hono<{ Variables: TokenVariables }>()
    app.use(requireToken(verifier))
    app.get('/deployments', () => answer())
    app.onError((_, c) => c.text('failed', 500))
    const nonce = await createNonces({ secret, maxAgeSeconds: 300 }, AUDIENCE).make(NOW - 200)
    const { headers } = await bound.request({ proof: { nonce } })
    return app.request(URL_OF_CALL, { headers: headers as Headers })
  }

  test.each<readonly [string, () => Response]>([
    ['of its own', () => new Response('ok')],
    ['that is immutable', () => Response.redirect('https://api.acme.dev/next')],
    [
      'that is an error',
      () => {
        throw new Error('a bug of the app')
      },
    ],
  ])('is in an answer of the handler %s', async (_, answer) => {
    const { headers } = await ask(answer)
    expect(headers.get('dpop-nonce')).toMatch(/^[\w-]{43,}$/)
  })

  test('is not added to a WebSocket upgrade, which is returned as it is', async () => {
    const upgrade = new Response(null)
    Object.defineProperty(upgrade, 'status', { value: 101 })
    expect(await ask(() => upgrade)).toBe(upgrade)
  })
})
