/**
 * Generic OAuth client libraries use the grant types of RFC 7523, unmodified: `client_credentials`
 * with a token of the platform or a key of their own, and `jwt-bearer`.
 */
import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, startWorld, trustDocument, type World } from './support/world.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** A client with a key of its own is an issuer that signs only for itself. */
const AGENT = 'https://agent.example.com'

let world: World
let key: oauth.PrivateKey

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  key = { key: privateKey, kid: 'agent-1' }
  const jwk = { ...(await exportJWK(publicKey)), kid: 'agent-1', alg: 'ES256' }
  world = await startWorld(
    () => ({}),
    (issuerUrl) => {
      const document = trustDocument(issuerUrl)
      const agent = {
        provider: 'generic-oidc',
        issuer: AGENT,
        keys: { jwks: { keys: [jwk] } },
      }
      const [rule] = document.rules
      return {
        ...document,
        issuers: { ...document.issuers, agent },
        rules: [...document.rules, { ...rule, name: 'agent', from: 'agent', when: { sub: AGENT } }],
      }
    },
  )
})
afterAll(() => world.close())

const CLAIMS = { aud: API, scope: 'deploy:read' }
const PARAMETERS = { resource: API, scope: 'deploy:read' }

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true }

  async function discover(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(world.url())
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
    return oauth.processDiscoveryResponse(issuer, response)
  }

  /** The extension point of the library for other kinds of client authentication. */
  function platformToken(token: string): oauth.ClientAuth {
    return (_server, client, body) => {
      body.set('client_id', client.client_id)
      body.set('client_assertion', token)
      body.set('client_assertion_type', ASSERTION_TYPE)
    }
  }

  async function request(client: oauth.Client, auth: oauth.ClientAuth) {
    const server = await discover()
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      auth,
      PARAMETERS,
      insecure,
    )
    return oauth.processClientCredentialsResponse(server, client, response)
  }

  async function validate(access_token: string) {
    const headers = { authorization: `Bearer ${access_token}` }
    const api = new Request(`${API}/deployments`, { headers })
    return oauth.validateJwtAccessToken(await discover(), api, API, insecure)
  }

  it('TE-50 CA-02 gets a token with the token of its platform (client_credentials)', async () => {
    const issued = await request({ client_id: 'deploy' }, platformToken(await world.mint()))
    expect(issued).toMatchObject({ token_type: 'bearer', scope: 'deploy:read' })
    expect(await validate(issued.access_token)).toMatchObject({ ...CLAIMS, client_id: 'deploy' })
  })

  it('CA-03 CA-04 gets a token with its own key (private_key_jwt)', async () => {
    const issued = await request({ client_id: AGENT }, oauth.PrivateKeyJwt(key))
    const claims = await validate(issued.access_token)
    expect(claims).toMatchObject({ ...CLAIMS, client_id: 'agent', origin: { sub: AGENT } })
  })

  it('TE-45 gets a token with an assertion (jwt-bearer)', async () => {
    const server = await discover()
    const client = { client_id: 'any' }
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.None(),
      JWT_BEARER,
      { ...PARAMETERS, assertion: await world.mint() },
      insecure,
    )
    const issued = await oauth.processGenericTokenEndpointResponse(server, client, response)
    expect(await validate(issued.access_token)).toMatchObject({ ...CLAIMS, client_id: 'deploy' })
  })

  it('TE-17 CA-07 reads a refusal of the client, and finds the challenge in it', async () => {
    const refusal = request({ client_id: 'deploy' }, platformToken('x.y.z'))
    await expect(refusal).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'token-exchange', parameters: { error: 'invalid_client' } }],
    })
  })
})

describe('openid-client', () => {
  function discover(
    clientId: string,
    auth: openid.ClientAuth = openid.None(),
  ): Promise<openid.Configuration> {
    const execute = [openid.allowInsecureRequests]
    return openid.discovery(new URL(world.url()), clientId, undefined, auth, { execute })
  }

  it('CA-02 gets a token with its own key or the token of its platform (client_credentials)', async () => {
    const withKey = await discover(AGENT, openid.PrivateKeyJwt(key))
    expect(await openid.clientCredentialsGrant(withKey, PARAMETERS)).toMatchObject({
      token_type: 'bearer',
      scope: 'deploy:read',
    })
    const config = await discover('deploy')
    const parameters = {
      ...PARAMETERS,
      client_assertion: await world.mint(),
      client_assertion_type: ASSERTION_TYPE,
    }
    const issued = await openid.clientCredentialsGrant(config, parameters)
    expect(issued).toMatchObject({ token_type: 'bearer', scope: 'deploy:read' })
  })

  it('TE-45 TE-46 gets a token with an assertion (jwt-bearer), and reads a refusal', async () => {
    const config = await discover('any')
    const assertion = await world.mint()
    const issued = await openid.genericGrantRequest(config, JWT_BEARER, {
      ...PARAMETERS,
      assertion,
    })
    expect(issued).toMatchObject({ token_type: 'bearer', scope: 'deploy:read' })
    const refusal = openid.genericGrantRequest(config, JWT_BEARER, {
      ...PARAMETERS,
      assertion: 'x.y.z',
    })
    await expect(refusal).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  })
})
