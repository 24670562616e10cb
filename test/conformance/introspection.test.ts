/**
 * An API that has an identity of its platform introspects and revokes with `oauth4webapi`, unmodified:
 * client assertions (RFC 7523) and signed answers (RFC 9701), against `edgemint serve`.
 */
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, accessToken, startWorld, trustDocument, type World } from './support/world.ts'

let world: World
let server: oauth.AuthorizationServer
const insecure = { [oauth.allowInsecureRequests]: true }
/** The claims and the subject of the platform's token of the API. */
const SERVER = { ref: 'refs/heads/server' }
const SUBJECT = 'repo:acme@1234567/api@456789012:environment:production'

function documentOf(issuerUrl: string): object {
  const base = trustDocument(issuerUrl)
  const [rule] = base.rules
  return {
    ...base,
    resources: { [API]: { scopes: ['deploy:read', 'deploy:write', 'tokens:introspect'] } },
    rules: [
      { ...rule, when: { ...rule?.when, ref: 'refs/heads/main' } },
      {
        ...rule,
        name: 'server',
        when: { ...rule?.when, ...SERVER },
        grant: { resource: API, scopes: ['tokens:introspect'] },
      },
    ],
  }
}

beforeAll(async () => {
  world = await startWorld(() => ({}), documentOf)
  const issuer = new URL(world.url())
  const response = await oauth.discoveryRequest(issuer, insecure)
  server = await oauth.processDiscoveryResponse(issuer, response)
})
afterAll(() => world?.close())

/** Client authentication with the token of the platform. */
function platformAuth(assertion: string): oauth.ClientAuth {
  return (_server, client, body) => {
    body.set('client_id', client.client_id)
    body.set('client_assertion', assertion)
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  }
}

const client: oauth.Client = { client_id: SUBJECT }
const mintServer = () => world.mint({ claims: SERVER })

async function introspect(token: string, requestJwtResponse = false) {
  const options = { ...insecure, requestJwtResponse }
  const auth = platformAuth(await mintServer())
  const response = await oauth.introspectionRequest(server, client, auth, token, options)
  const answer = await oauth.processIntrospectionResponse(server, client, response)
  if (requestJwtResponse) await oauth.validateApplicationLevelSignature(server, response, insecure)
  return answer
}

describe('oauth4webapi with a client assertion', () => {
  it('IN-02 introspects a token of its API', async () => {
    expect(await introspect(await accessToken(world))).toMatchObject({ active: true, aud: API })
  })

  it('IN-12 IN-13 reads and verifies a signed answer, for valid tokens and others', async () => {
    const token = await accessToken(world)
    expect(await introspect(token, true)).toMatchObject({ active: true, aud: API })
    expect(await introspect('unknown', true)).toEqual({ active: false })
  })

  it('RV-01 RV-07 revokes the tokens that its workload got', async () => {
    const token = await accessToken(world)
    const auth = platformAuth(await world.mint())
    const response = await oauth.revocationRequest(server, client, auth, token, insecure)
    await oauth.processRevocationResponse(response)
    expect(await introspect(token)).toEqual({ active: false })
    expect(await introspect(token, true)).toEqual({ active: false })
  })
})
