/**
 * Generic OAuth client libraries exchange, introspect and revoke (RFC 8693, RFC 7662, RFC 7009).
 * They also read issued tokens as access tokens (RFC 9068), and errors.
 */
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminPolicy } from '../support/admin-policy.ts'
import {
  API,
  adminToken,
  ID_TOKEN,
  startWorld,
  TOKEN_EXCHANGE,
  trustDocument,
  type World,
} from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld((issuer) => ({ BOOTSTRAP_TRUST: adminPolicy(issuer) }), withAgent)
})
afterAll(() => world.close())

/** The trust document of the tests, with a rule for an agent that acts for the job. */
function withAgent(issuerUrl: string) {
  const { issuers, rules, ...rest } = trustDocument(issuerUrl)
  const [first] = rules
  const agents = {
    provider: 'generic-oidc',
    issuer: `${issuerUrl}/agents`,
    audience: 'https://sts.example.com',
  }
  const byAgent = {
    ...first,
    name: 'deploy-by-agent',
    acting_as: { from: 'agents', when: { sub: 'agent-7' } },
    grant: { resource: API, scopes: ['deploy:read'], replay: 'reuse' },
  }
  return { ...rest, issuers: { ...issuers, agents }, rules: [...rules, byAgent] }
}

/** Client authentication with a token of the gateway. */
function bearerAuth(token: string): oauth.ClientAuth {
  return (_server, _client, _body, headers) => headers.set('authorization', `Bearer ${token}`)
}

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const client: oauth.Client = { client_id: 'any' }

  async function discover(algorithm: 'oidc' | 'oauth2'): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(world.url())
    const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure })
    return oauth.processDiscoveryResponse(issuer, response)
  }

  async function exchange(server: oauth.AuthorizationServer) {
    const parameters = {
      subject_token: await world.mint(),
      subject_token_type: ID_TOKEN,
      resource: API,
      scope: 'deploy:read',
    }
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.None(),
      TOKEN_EXCHANGE,
      parameters,
      insecure,
    )
    return oauth.processGenericTokenEndpointResponse(server, client, response)
  }

  it.each(['oidc', 'oauth2'] as const)('finds the gateway by %s discovery', async (algorithm) => {
    const server = await discover(algorithm)
    expect(server.issuer).toBe(world.url())
    expect(server.grant_types_supported).toContain(TOKEN_EXCHANGE)
  })

  it('exchanges, introspects and revokes', async () => {
    const server = await discover('oauth2')
    const issued = await exchange(server)
    expect(issued).toMatchObject({ token_type: 'bearer', scope: 'deploy:read' })
    const introspect = async () => {
      const auth = bearerAuth(await adminToken(world))
      const token = issued.access_token
      const response = await oauth.introspectionRequest(server, client, auth, token, insecure)
      return oauth.processIntrospectionResponse(server, client, response)
    }
    expect(await introspect()).toMatchObject({ active: true, aud: API, scope: 'deploy:read' })
    const revocation = await oauth.revocationRequest(
      server,
      client,
      oauth.None(),
      issued.access_token,
      insecure,
    )
    await oauth.processRevocationResponse(revocation)
    expect(await introspect()).toEqual({ active: false })
  })

  it('TE-42 exchanges the tokens of a job and of an agent for one that names both', async () => {
    const server = await discover('oauth2')
    const audience = 'https://sts.example.com'
    const agent = { provider: 'generic-oidc', audience, claims: { sub: 'agent-7' } }
    const parameters = {
      subject_token: await world.mint(),
      subject_token_type: ID_TOKEN,
      actor_token: await world.issuer.mint(agent, 'agents'),
      actor_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      resource: API,
    }
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.None(),
      TOKEN_EXCHANGE,
      parameters,
      insecure,
    )
    const issued = await oauth.processGenericTokenEndpointResponse(server, client, response)
    expect(issued).toMatchObject({ token_type: 'bearer', scope: 'deploy:read' })
    expect(decodeJwt(issued.access_token)).toMatchObject({
      client_id: 'deploy-by-agent',
      act: { iss: `${world.issuer.issuer}/agents`, sub: 'agent-7' },
    })
  })

  it('accepts the issued token as an RFC 9068 access token', async () => {
    const server = await discover('oauth2')
    const { access_token } = await exchange(server)
    const request = new Request(`${API}/deployments`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
    const claims = await oauth.validateJwtAccessToken(server, request, API, insecure)
    expect(claims).toMatchObject({ aud: API, client_id: 'deploy', scope: 'deploy:read' })
  })

  it('reads a refusal', async () => {
    const server = await discover('oauth2')
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.None(),
      TOKEN_EXCHANGE,
      { subject_token: 'x.y.z', subject_token_type: ID_TOKEN, resource: API },
      insecure,
    )
    const refusal = oauth.processGenericTokenEndpointResponse(server, client, response)
    await expect(refusal).rejects.toMatchObject({ error: 'invalid_request', status: 400 })
  })
})

describe('openid-client', () => {
  function discover(auth: openid.ClientAuth = openid.None()): Promise<openid.Configuration> {
    const execute = [openid.allowInsecureRequests]
    return openid.discovery(new URL(world.url()), 'any', undefined, auth, { execute })
  }

  it('exchanges, introspects and revokes', async () => {
    const config = await discover()
    const issued = await openid.genericGrantRequest(config, TOKEN_EXCHANGE, {
      subject_token: await world.mint(),
      subject_token_type: ID_TOKEN,
      resource: API,
    })
    expect(issued).toMatchObject({ token_type: 'bearer', scope: 'deploy:read deploy:write' })
    const admin = await discover(bearerAuth(await adminToken(world)))
    const before = await openid.tokenIntrospection(admin, issued.access_token)
    expect(before).toMatchObject({ active: true, client_id: 'deploy' })
    await openid.tokenRevocation(config, issued.access_token)
    expect(await openid.tokenIntrospection(admin, issued.access_token)).toEqual({ active: false })
  })
})
