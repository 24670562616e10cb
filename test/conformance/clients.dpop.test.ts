/** An OAuth library with DPoP gets bound tokens with every grant type, unmodified. */
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  API,
  ID_TOKEN,
  startWorld,
  TOKEN_EXCHANGE,
  trustDocument,
  type World,
} from './support/world.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
/** A client with a key of its own is an issuer that signs only for itself. */
const AGENT = 'https://agent.example.com'
const INSECURE = { [oauth.allowInsecureRequests]: true }

describe.each(['optional', 'required'])('oauth4webapi with DPOP_NONCE=%s', (nonces) => {
  let world: World
  let key: oauth.PrivateKey
  let server: oauth.AuthorizationServer

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    key = { key: privateKey, kid: 'agent-1' }
    const jwk = { ...(await exportJWK(publicKey)), kid: 'agent-1', alg: 'ES256' }
    world = await startWorld(
      () => ({ DPOP_NONCE: nonces }),
      (issuerUrl) => {
        const document = trustDocument(issuerUrl)
        const agent = { provider: 'generic-oidc', issuer: AGENT, keys: { jwks: { keys: [jwk] } } }
        const [rule] = document.rules
        return {
          ...document,
          issuers: { ...document.issuers, agent },
          resources: { [API]: { ...document.resources[API], proof_of_possession: 'required' } },
          rules: [
            ...document.rules,
            { ...rule, name: 'agent', from: 'agent', when: { sub: AGENT } },
          ],
        }
      },
    )
    const issuer = new URL(world.url())
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE })
    server = await oauth.processDiscoveryResponse(issuer, response)
  })
  afterAll(() => world.close())

  type Use<T> = (options: oauth.TokenEndpointRequestOptions) => Promise<T>
  /** A client tries again with the nonce that it was told (RFC 9449 §8). Counts the refusals. */
  async function withProof<T>(client: oauth.Client, use: Use<T>, keys?: CryptoKeyPair) {
    const DPoP = oauth.DPoP(client, keys ?? (await oauth.generateKeyPair('ES256')))
    let refusals = 0
    for (;;) {
      try {
        const value = await use({ DPoP, ...INSECURE })
        return { value, refusals, jkt: await DPoP.calculateThumbprint() }
      } catch (error) {
        if (refusals > 0 || !oauth.isDPoPNonceError(error)) throw error
        refusals += 1
      }
    }
  }

  const generic =
    (grantType: string, client: oauth.Client, parameters: Readonly<Record<string, string>>) =>
    async (options: oauth.TokenEndpointRequestOptions) =>
      oauth.processGenericTokenEndpointResponse(
        server,
        client,
        await oauth.genericTokenEndpointRequest(
          server,
          client,
          oauth.None(),
          grantType,
          { resource: API, ...parameters },
          options,
        ),
      )

  const exchangeOf = (token: string, type = ID_TOKEN) =>
    generic(
      TOKEN_EXCHANGE,
      { client_id: 'any' },
      { subject_token: token, subject_token_type: type },
    )

  function expectBound(answer: Awaited<ReturnType<typeof withProof<oauth.TokenEndpointResponse>>>) {
    const { value, refusals, jkt } = answer
    expect(value.token_type).toBe('dpop')
    expect(decodeJwt(value.access_token)).toMatchObject({ aud: API, cnf: { jkt } })
    expect(refusals).toBe(nonces === 'required' ? 1 : 0)
  }

  it('DP-12 DP-15 gets a bound token by token exchange', async () => {
    const use = exchangeOf(await world.mint())
    expectBound(await withProof({ client_id: 'any' }, use))
  })

  it('DP-12 DP-15 gets a bound token with an assertion (jwt-bearer)', async () => {
    const use = generic(JWT_BEARER, { client_id: 'any' }, { assertion: await world.mint() })
    expectBound(await withProof({ client_id: 'any' }, use))
  })

  it('DP-12 DP-15 gets a bound token with its own key (client_credentials)', async () => {
    const client = { client_id: AGENT }
    const use: Use<oauth.TokenEndpointResponse> = async (options) =>
      oauth.processClientCredentialsResponse(
        server,
        client,
        await oauth.clientCredentialsGrantRequest(
          server,
          client,
          oauth.PrivateKeyJwt(key),
          { resource: API },
          options,
        ),
      )
    expectBound(await withProof(client, use))
  })

  it('EXC-09 exchanges a bound token for a narrower one with the same key', async () => {
    const client = { client_id: 'any' }
    const keys = await oauth.generateKeyPair('Ed25519')
    const wide = await withProof(client, exchangeOf(await world.mint()), keys)
    const narrow = exchangeOf(wide.value.access_token, ACCESS_TOKEN)
    expectBound(await withProof(client, narrow, keys))
    await expect(withProof(client, narrow)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
  })

  it('DP-24 is told the binding at introspection', async () => {
    const client = { client_id: 'any' }
    const { value, jkt } = await withProof(client, exchangeOf(await world.mint()))
    const token = value.access_token
    const response = await oauth.introspectionRequest(server, client, oauth.None(), token, INSECURE)
    const answer = await oauth.processIntrospectionResponse(server, client, response)
    expect(answer).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } })
  })

  it('DPOP-04 is refused without a proof', async () => {
    await expect(exchangeOf(await world.mint())(INSECURE)).rejects.toMatchObject({
      error: 'invalid_dpop_proof',
      status: 400,
    })
  })
})
