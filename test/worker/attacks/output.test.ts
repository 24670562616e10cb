import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_SCOPES } from '../../../src/contract/admin.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  exchange,
  exchangeForm,
  GATEWAY,
  post,
  readJson,
  send,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
beforeAll(() => applyTrust(trustFor(issuer.url)))

describe('an issued token', () => {
  it('OUT-01 is not accepted as a token of a platform or as an admin token', async () => {
    const issued = await accessToken(await issuer.mint())
    const again = await exchange(issued)
    expect([again.status, (await readJson(again)).error]).toEqual([400, 'invalid_request'])
    const types = ['id_token', 'jwt'].map((type) => `urn:ietf:params:oauth:token-type:${type}`)
    for (const subject_token_type of types) {
      expect((await exchange(issued, { subject_token_type })).status).toBe(400)
    }
    for (const path of ['/admin/v1/trust', '/admin/v1/issuers']) {
      expect((await send(path, { headers: bearer(issued) })).status).toBe(401)
    }
  })

  it('OUT-01 is no admin token, also of a rule with the name and the scopes of the one in the policy', async () => {
    const [rule] = trustFor(issuer.url).rules
    const scopes = [...ADMIN_SCOPES]
    const grant = { resource: API, scopes, lifetime: '10m' }
    const likeThePolicy = { ...rule, name: 'administer', grant }
    const resources = { [API]: { scopes } }
    await applyTrust(trustFor(issuer.url, { resources, rules: [likeThePolicy] }))
    const issued = await accessToken(await issuer.mint(), { scope: undefined })
    const { client_id, scope } = decodeJwt(issued)
    const { client_id: name, scope: all } = decodeJwt(await adminToken())
    expect([client_id, scope]).toEqual([name, all])
    for (const path of ['/admin/v1/trust', '/admin/v1/issuers']) {
      expect((await send(path, { headers: bearer(issued) })).status).toBe(401)
    }
    await applyTrust(trustFor(issuer.url))
  })

  it('OUT-02 is for one audience, even if several are requested', async () => {
    const subject = await issuer.mint()
    const form = Object.entries(exchangeForm(subject))
    const other = 'https://other.test'
    for (const more of [
      ['resource', other],
      ['audience', other],
    ] as const) {
      expect((await post('/token', [...form, more])).status).toBe(400)
    }
    expect(decodeJwt(await accessToken(subject)).aud).toBe(API)
  })

  it('OUT-03 contains only those claims of the subject token that the rule and the standard name', async () => {
    const claims = { actor: 'canary-actor', email: 'canary@example.com', workflow: 'canary' }
    const issued = decodeJwt(await accessToken(await issuer.mint({ claims })))
    expect(Object.keys(issued).toSorted()).toEqual(
      'aud client_id exp iat iss jti origin rev scope sub'.split(' '),
    )
    expect(JSON.stringify(issued)).not.toContain('canary')
    expect(Object.keys(issued.origin as object).toSorted()).toEqual(['iss', 'jti', 'sub'])
  })

  it('OUT-04 has an unguessable and unique id', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 100 }, async () => accessToken(await issuer.mint())),
    )
    const ids = tokens.map((token) => String(decodeJwt(token).jti))
    expect(new Set(ids).size).toBe(100)
    // At least 128 bits in base64url.
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22,}$/)
  })

  it('OUT-05 has the issuer of the settings, whatever the request says', async () => {
    const headers = { 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' }
    const metadata = await readJson(await send('/.well-known/openid-configuration', { headers }))
    expect(JSON.stringify(metadata)).not.toContain('evil')
    const response = await post('/token', exchangeForm(await issuer.mint()), headers)
    const { access_token: issued } = await readJson(response)
    expect(decodeJwt(String(issued)).iss).toBe(GATEWAY)
  })

  it('OUT-06 is verified with the published keys, which are the same at every request', async () => {
    const [one, two] = [await send('/jwks.json'), await send('/jwks.json')]
    expect(one.headers.get('etag')).toBe(two.headers.get('etag'))
    const text = await one.text()
    expect(text).toBe(await two.text())
    const published = JSON.parse(text) as JSONWebKeySet
    const token = await accessToken(await issuer.mint())
    await jwtVerify(token, createLocalJWKSet(published), { issuer: GATEWAY, audience: API })
    for (const key of published.keys) {
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
        expect(key).not.toHaveProperty(secret)
    }
  })
})
