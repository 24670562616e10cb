import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  GATEWAY,
  post,
  readJson,
  send,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const OTHER_API = 'https://other-api.test'

beforeAll(async () => {
  const base = trustFor(issuer.url)
  const [rule] = base.rules
  const other = { ...rule, name: 'other', grant: { resource: OTHER_API, scopes: ['read'] } }
  const resources = {
    [API]: { scopes: ['deploy:read', 'deploy:write', 'tokens:introspect'] },
    [OTHER_API]: { scopes: ['read'] },
  }
  const server = {
    ...rule,
    name: 'server',
    when: { repository_owner_id: '1234567', repository_id: '456789012', ...SERVER },
    grant: { resource: API, scopes: ['tokens:introspect'] },
  }
  await applyTrust({ ...base, resources, rules: [rule, other, server] })
})

const newToken = async (resource = API) => accessToken(await issuer.mint(), { resource })

async function introspect(token: string, caller: string) {
  return readJson(await post('/introspect', { token }, bearer(caller)))
}

describe('POST /introspect', () => {
  it('IN-04 describes a valid token to its holder', async () => {
    const token = await newToken()
    expect(await introspect(token, token)).toMatchObject({
      active: true,
      token_type: 'Bearer',
      aud: API,
      client_id: 'deploy',
      scope: 'deploy:read deploy:write',
    })
  })

  it('describes it to a token of the same resource and to an administrator', async () => {
    const token = await newToken()
    expect(await introspect(token, await newToken())).toMatchObject({ active: true })
    expect(await introspect(token, await adminToken())).toMatchObject({ active: true })
  })

  it('IN-05 answers only inactive to a token of another resource', async () => {
    const token = await newToken()
    expect(await introspect(token, await newToken(OTHER_API))).toEqual({ active: false })
    expect(await introspect(token, await adminToken('staging'))).toEqual({ active: false })
  })

  it('IN-05 answers inactive for garbage, a foreign token and a revoked token', async () => {
    const caller = await newToken()
    const revoked = await newToken()
    await post('/revoke', { token: revoked })
    for (const token of ['garbage', await issuer.mint(), revoked]) {
      expect(await introspect(token, caller)).toEqual({ active: false })
    }
  })

  it('IN-02 IN-03 accepts the token itself as authentication without a header', async () => {
    const token = await newToken()
    expect(await readJson(await post('/introspect', { token }))).toMatchObject({ active: true })
    const named = await post('/introspect', { token }, { authorization: `Basic ${btoa('me:')}` })
    expect(await readJson(named)).toMatchObject({ active: true })
    await post('/revoke', { token })
    for (const about of [token, 'garbage', await issuer.mint()]) {
      const response = await post('/introspect', { token: about })
      expect(response.status).toBe(200)
      expect(await readJson(response)).toEqual({ active: false })
    }
  })

  it('TE-16 refuses a client secret', async () => {
    const secret = { authorization: `Basic ${btoa('me:secret')}` }
    for (const path of ['/introspect', '/revoke']) {
      const response = await post(path, { token: await newToken() }, secret)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).not.toContain('Basic')
      const { error, error_description } = await readJson(response)
      expect([error, error_description]).toEqual([
        'invalid_client',
        expect.stringMatching('remove'),
      ])
    }
  })

  it('IN-02 returns 401 for a header without a valid token of the gateway', async () => {
    const token = await newToken()
    const revoked = await newToken()
    await post('/revoke', { token: revoked })
    const answers = [
      await post('/introspect', { token }, { authorization: 'Bearer' }),
      await post('/introspect', { token }, bearer(await issuer.mint())),
      await post('/introspect', { token }, bearer(revoked)),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
  })

  it('returns 400 without a token parameter', async () => {
    const response = await post('/introspect', {}, bearer(await newToken()))
    expect(response.status).toBe(400)
  })
})

const SERVER = { ref: 'refs/heads/server' }
const asserted = (client_assertion: string) => ({
  client_assertion,
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
})

describe('a client assertion', () => {
  it('IN-02 lets a workload introspect the tokens of its API', async () => {
    const token = await newToken()
    const server = asserted(await issuer.mint({ claims: SERVER }))
    const answer = await readJson(await post('/introspect', { token, ...server }))
    expect(answer).toMatchObject({ active: true, aud: API })
    const other = await newToken(OTHER_API)
    expect(await readJson(await post('/introspect', { token: other, ...server }))).toEqual({
      active: false,
    })
    const job = asserted(await issuer.mint())
    expect(await readJson(await post('/introspect', { token, ...job }))).toEqual({ active: false })
  })

  it('IN-03 RV-01 is invalid_client if it is not acceptable', async () => {
    const token = await newToken()
    for (const path of ['/introspect', '/revoke']) {
      const response = await post(path, { token, ...asserted('a.b.c') })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(
        /^Token-Exchange error="invalid_client", error_description="[a-z ,:]+"$/,
      )
      expect(await readJson(response)).toMatchObject({ error: 'invalid_client' })
    }
    expect(await introspect(token, token)).toMatchObject({ active: true })
  })

  it('RV-04 revokes the tokens of its own workload only', async () => {
    const token = await newToken()
    const sub = 'repo:acme@1234567/api@456789012:environment:staging'
    const other = await issuer.mint({ claims: { sub, environment: 'staging' } })
    const refused = await post('/revoke', { token, ...asserted(other) })
    expect(await readJson(refused)).toMatchObject({ error: 'unauthorized_client' })
    const job = asserted(await issuer.mint())
    expect((await post('/revoke', { token, ...job })).status).toBe(200)
    expect(await introspect(token, await newToken())).toEqual({ active: false })
  })
})

describe('a signed answer of /introspect', () => {
  const accept = { accept: 'application/token-introspection+jwt' }

  it('IN-12 IN-13 has its own media type and is verified with the published keys', async () => {
    const token = await newToken()
    const caller = { ...bearer(await newToken()), ...accept }
    const response = await post('/introspect', { token }, caller)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const keys = createLocalJWKSet((await readJson(await send('/jwks.json'))) as never)
    const { payload, protectedHeader } = await jwtVerify(await response.text(), keys, {
      issuer: GATEWAY,
      audience: API,
      typ: 'token-introspection+jwt',
    })
    expect(protectedHeader.typ).toBe('token-introspection+jwt')
    expect(payload.token_introspection).toMatchObject({ active: true, aud: API })
  })

  it('IN-13 needs a caller with credentials', async () => {
    const token = await newToken()
    const response = await post('/introspect', { token }, accept)
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('application/json')
  })
})

describe('POST /revoke', () => {
  it('RV-09 is not offered by GET', async () => {
    const token = await newToken()
    const response = await send(`/revoke?token=${token}&callback=done`)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await introspect(token, token)).toMatchObject({ active: true })
  })

  it('RV-01 ends a token at once at /introspect', async () => {
    const token = await newToken()
    const witness = await newToken()
    expect((await post('/revoke', { token })).status).toBe(200)
    expect(await introspect(token, witness)).toEqual({ active: false })
    expect(await introspect(token, token)).toEqual({ active: false })
  })

  it('RV-03 answers 200 for unknown tokens', async () => {
    for (const token of ['garbage', await issuer.mint()]) {
      expect((await post('/revoke', { token })).status).toBe(200)
    }
  })

  it('RV-03 answers with an empty JSON object, because simple-oauth2 accepts only JSON', async () => {
    for (const token of [await newToken(), 'garbage']) {
      const response = await post('/revoke', { token })
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(await response.text()).toBe('{}')
    }
  })

  it('answers 200 again for a token revoked before', async () => {
    const token = await newToken()
    await post('/revoke', { token })
    expect((await post('/revoke', { token })).status).toBe(200)
  })

  it('RV-04 refuses a caller that names itself as another client', async () => {
    const token = await newToken()
    const response = await post('/revoke', { token }, bearer(await newToken(OTHER_API)))
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({ error: 'unauthorized_client' })
    expect(await introspect(token, token)).toMatchObject({ active: true })
  })

  it('lets an administrator with the scope revoke any token', async () => {
    const token = await newToken()
    expect((await post('/revoke', { token }, bearer(await adminToken()))).status).toBe(200)
    expect(await introspect(token, token)).toEqual({ active: false })
  })

  it('RV-05 ignores a wrong token_type_hint', async () => {
    const token = await newToken()
    const form = { token, token_type_hint: 'refresh_token' }
    expect((await post('/revoke', form)).status).toBe(200)
    expect(await introspect(token, token)).toEqual({ active: false })
  })

  it('returns 400 without a token, and 405 for another method', async () => {
    expect((await post('/revoke', {})).status).toBe(400)
    expect((await send('/revoke')).status).toBe(405)
  })
})
