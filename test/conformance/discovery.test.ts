/** Clients find the gateway by its issuer URL (RFC 8414, OpenID Connect Discovery). */
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, accessToken, startWorld, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

describe('a client that knows only the issuer URL', () => {
  it('MD-01 MD-02 IT-05 verifies an issued token with jose, through discovery', async () => {
    const token = await accessToken(world)
    const issuer = world.url()
    const response = await fetch(`${issuer}/.well-known/openid-configuration`)
    const { jwks_uri, issuer: named } = (await response.json()) as Record<string, string>
    expect(named).toBe(issuer)
    const keySet = createRemoteJWKSet(new URL(String(jwks_uri)))
    const { payload, protectedHeader } = await jwtVerify(token, keySet, {
      issuer,
      audience: API,
      typ: 'at+jwt',
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id', 'scope', 'origin', 'rev'],
    })
    expect(protectedHeader.alg).toBe('ES256')
    expect(payload.client_id).toBe('deploy')
  })

  it('finds the same metadata at the path of RFC 8414', async () => {
    const documents = await Promise.all(
      ['openid-configuration', 'oauth-authorization-server'].map(async (name) =>
        (await fetch(`${world.url()}/.well-known/${name}`)).json(),
      ),
    )
    expect(documents[0]).toEqual(documents[1])
  })
})
