/** `GET /admin/v1/login`: by which provider people log in. */
import { describe, expect, it } from 'vitest'
import { loginSchema } from '../../../src/contract/login.ts'
import { PROBLEMS } from '../../../src/contract/problems/problems.ts'
import { GATEWAY, readJson, runWith, send } from '../support/gateway.ts'

const PATH = '/admin/v1/login'
const ISSUER = 'https://idp.example.com'

describe('the login of people', () => {
  it('is public, and names the provider, the client, the scopes and the resource', async () => {
    const issuers = { people: { provider: 'generic-oidc', issuer: ISSUER, audience: 'edgemint' } }
    const deployed = runWith({
      BOOTSTRAP_TRUST: JSON.stringify({ issuers, rules: [] }),
      ADMIN_LOGIN: JSON.stringify({ issuer: ISSUER, client_id: 'edgemint' }),
    })
    const response = await deployed.send(PATH)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    const answer = await readJson(response)
    expect(answer).toEqual({
      issuer: ISSUER,
      client_id: 'edgemint',
      scopes: ['openid'],
      resource: GATEWAY,
    })
    expect(loginSchema.safeParse(answer).success).toBe(true)
  })

  it('is off without ADMIN_LOGIN, and says what to set', async () => {
    const response = await send(PATH)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await readJson(response)).toEqual({
      ...PROBLEMS.loginOff,
      detail:
        'people cannot log in here: set ADMIN_LOGIN to a provider that BOOTSTRAP_TRUST trusts',
    })
  })
})
