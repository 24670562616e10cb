/** The grant types through the Worker, with keys and a trust document from its stores. */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { forge, genericTrust, reasonOf, watchLog } from '../support/attack.ts'
import { applyTrust, GATEWAY, post, readJson, runWith, send } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API } from '../support/trust.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type'
const METADATA = '/.well-known/oauth-authorization-server'

const log = watchLog()
let ci: TestIssuer
let idp: TestIssuer

function trust(accepts: readonly string[] = ['access_token', 'id_jag']) {
  const document = genericTrust({ ci: ci.url, idp: idp.url })
  const accepting = { provider: 'generic-oidc', issuer: idp.url, accepts }
  return { ...document, issuers: { ...document.issuers, idp: accepting } }
}

beforeAll(async () => {
  ci = await quickIssuer()
  idp = await quickIssuer()
  await applyTrust(trust())
})

const bearer = (assertion: string, change: Readonly<Record<string, string>> = {}) =>
  post('/token', { grant_type: JWT_BEARER, assertion, resource: API, ...change })

const credentials = (client_assertion: string, change: Readonly<Record<string, string>> = {}) =>
  post('/token', {
    grant_type: 'client_credentials',
    client_assertion,
    client_assertion_type: `${ASSERTION_TYPE}:jwt-bearer`,
    resource: API,
    ...change,
  })

const idJag = (claims: object = {}) =>
  forge(idp, {
    header: { typ: 'oauth-id-jag+jwt' },
    claims: { client_id: 'app', scope: 'deploy:read', ...claims },
  })

describe('POST /token', () => {
  it('TE-45 issues for jwt-bearer', async () => {
    const response = await bearer(await forge(ci))
    expect(response.status).toBe(200)
    const body = await readJson(response)
    expect(body).not.toHaveProperty('issued_token_type')
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      aud: API,
      origin: { iss: ci.url, sub: 'job:1' },
    })
  })

  it('CA-02 issues for client_credentials', async () => {
    const response = await credentials(await forge(ci), { client_id: 'job:1' })
    expect(response.status).toBe(200)
    expect((await readJson(response)).scope).toBe('deploy:read deploy:write')
  })

  it('TE-17 challenges a client whose assertion is refused', async () => {
    const response = await credentials(await forge(ci, { claims: { exp: 1 } }))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      'Token-Exchange error="invalid_client", error_description="the client assertion has expired"',
    )
    expect(await reasonOf(log, response)).toBe('token_expired')
  })

  it('TE-48 issues for an ID-JAG what it allows, to its client', async () => {
    const response = await bearer(await idJag(), { client_id: 'app' })
    expect(response.status).toBe(200)
    expect((await readJson(response)).scope).toBe('deploy:read')
    const wider = await bearer(await idJag(), { client_id: 'app', scope: 'deploy:write' })
    expect(await reasonOf(log, wider)).toBe('scope_exceeds_assertion')
    const other = await bearer(await idJag({ aud: `${GATEWAY}/` }), { client_id: 'app' })
    expect(await reasonOf(log, other)).toBe('audience_mismatch')
    expect(await reasonOf(log, await bearer(await idJag()))).toBe('client_mismatch')
  })
})

describe('the metadata', () => {
  it('MD-10 MD-11 MD-12 CA-14 lists the grant types, the client authentication and its algorithms', async () => {
    const document = await readJson(await send(METADATA))
    expect(document).toMatchObject({
      grant_types_supported: [
        'urn:ietf:params:oauth:grant-type:token-exchange',
        JWT_BEARER,
        'client_credentials',
      ],
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt', 'spiffe_jwt'],
    })
    const algorithms = document.token_endpoint_auth_signing_alg_values_supported
    expect(algorithms).toEqual(expect.arrayContaining(['RS256', 'ES256']))
    expect(algorithms).not.toContain('none')
  })

  it('MD-17 is served without the trust store, and then names no profile', async () => {
    const getByName = () => {
      throw new Error('down')
    }
    const alone = runWith({ TRUST_STORE: { getByName } as never })
    const response = await alone.send(METADATA)
    expect(response.status).toBe(200)
    const document = await readJson(response)
    expect(document).toHaveProperty('token_endpoint')
    expect(document).not.toHaveProperty('authorization_grant_profiles_supported')
    expect((await alone.exchange(await forge(ci))).status).toBe(503)
  })

  it('MD-17 names the profile of ID-JAGs while an issuer accepts them, and not the issuer', async () => {
    const name = 'authorization_grant_profiles_supported'
    const text = await (await send(METADATA)).text()
    expect(JSON.parse(text)).toMatchObject({
      [name]: ['urn:ietf:params:oauth:grant-profile:id-jag'],
    })
    expect(text).not.toContain(idp.url)
    await applyTrust(trust(['access_token']))
    expect(await readJson(await send(METADATA))).not.toHaveProperty(name)
    const refused = await bearer(await idJag(), { client_id: 'app' })
    expect(await reasonOf(log, refused)).toBe('token_kind_not_accepted')
  })
})
