/**
 * A client of the scenarios `auth/dpop` and `auth/dpop-nonce`, with oauth4webapi: gets a bound token
 * from the mock of the scenario or from a gateway, and uses it at the MCP server of the scenario, which
 * checks every proof. Also sends proofs with one defect each, as the tests of the package do.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { exportJWK, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const REDIRECT_URI = 'http://127.0.0.1:9876/callback'
const INSECURE = { [oauth.allowInsecureRequests]: true }

type Fetch = (target: string | URL, init?: RequestInit) => Promise<Response>
/** The library has types of its own for the options of a request. */
const customFetch = (fetchFn: Fetch) => (url: string, options: object) =>
  fetchFn(url, options as RequestInit)

type Handle = ReturnType<typeof oauth.DPoP>

/** Discovers the server at its issuer URL. `fetchFn` may lead to another address. */
export async function discover(
  issuer: string,
  fetchFn: Fetch = fetch,
): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer)
  const options = {
    ...({ algorithm: 'oauth2', ...INSECURE } as const),
    [oauth.customFetch]: customFetch(fetchFn),
  }
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options))
}

/** Tries again once with the nonce that the server told. */
async function withNonce<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return request()
  }
}

export async function createDPoP(): Promise<{ handle: Handle; keys: oauth.CryptoKeyPair }> {
  const keys = await oauth.generateKeyPair('ES256', { extractable: true })
  return { handle: oauth.DPoP({}, keys), keys }
}

/** The flow of the mock: registration, authorization code with PKCE, and a proof at the token. */
export async function getTokenOfMock(
  server: oauth.AuthorizationServer,
  resource: string,
  DPoP: Handle,
): Promise<string> {
  const registration = { client_name: 'edgemint', redirect_uris: [REDIRECT_URI] }
  const registered = await fetch(server.registration_endpoint ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...registration, application_type: 'native' }),
  })
  const client = { client_id: ((await registered.json()) as oauth.Client).client_id }
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const parameters = {
    ...{ response_type: 'code', client_id: client.client_id, redirect_uri: REDIRECT_URI },
    ...{ state, resource, code_challenge_method: 'S256' },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  }
  const query = new URLSearchParams(parameters).toString()
  const authorize = `${server.authorization_endpoint}?${query}`
  const { headers } = await fetch(authorize, { redirect: 'manual' })
  const callback = oauth.validateAuthResponse(
    server,
    client,
    new URL(headers.get('location') ?? ''),
    state,
  )
  const options = { DPoP, additionalParameters: { resource }, ...INSECURE }
  const issued = await withNonce(async () =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(
        ...([server, client, oauth.None(), callback, REDIRECT_URI, verifier, options] as const),
      ),
    ),
  )
  return issued.access_token
}

/** A bound token for an assertion. */
export async function getTokenOfGateway(
  server: oauth.AuthorizationServer,
  parameters: Readonly<Record<string, string>>,
  DPoP: Handle,
  fetchFn: Fetch,
): Promise<oauth.TokenEndpointResponse> {
  const client = { client_id: 'edgemint' }
  const options = { DPoP, [oauth.customFetch]: customFetch(fetchFn), ...INSECURE }
  return withNonce(async () =>
    oauth.processGenericTokenEndpointResponse(
      server,
      client,
      await oauth.genericTokenEndpointRequest(
        ...([server, client, oauth.None(), JWT_BEARER, parameters, options] as const),
      ),
    ),
  )
}

/** An MCP session in which each request has a new proof. */
export async function useServer(serverUrl: string, token: string, DPoP: Handle): Promise<void> {
  const send: Fetch = (target, init) => {
    const { method = 'GET', body } = init ?? {}
    const url = new URL(target)
    const request = () =>
      oauth.protectedResourceRequest(
        ...([token, method, url, new Headers(init?.headers), body as string] as const),
        { DPoP, ...INSECURE },
      )
    return withNonce(request)
  }
  const client = new Client({ name: 'conformance', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL(serverUrl), { fetch: send }))
  await client.listTools()
  await client.callTool({ name: 'test-tool', arguments: {} })
  await client.close()
}

/** Proofs with one defect each, by the name of the defect. */
export async function makeBrokenProofs(
  { privateKey, publicKey }: oauth.CryptoKeyPair,
  tokenEndpoint: string,
): Promise<Readonly<Record<string, string>>> {
  const jwk = await exportJWK(publicKey)
  const now = Math.floor(Date.now() / 1000)
  const claims = { htm: 'POST', htu: tokenEndpoint, iat: now }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const make = (header: object, change: object, key: CryptoKey | Uint8Array = privateKey) =>
    new SignJWT({ ...claims, jti: crypto.randomUUID(), ...change })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })
      .sign(key)
  const good = await make({}, {})
  const end = good.lastIndexOf('.') + 1
  const unsigned = { typ: 'dpop+jwt', alg: 'none', jwk }
  return {
    'another typ': await make({ typ: 'jwt' }, {}),
    'a symmetric algorithm': await make({ alg: 'HS256' }, {}, new Uint8Array(32)),
    'no signature': `${encode(unsigned)}.${encode({ ...claims, jti: 'a' })}.`,
    'a private key': await make({ jwk: await exportJWK(privateKey) }, {}),
    'another signature': `${good.slice(0, end)}${good[end] === 'A' ? 'B' : 'A'}${good.slice(end + 1)}`,
    'no jti': await make({}, { jti: undefined }),
    'another method': await make({}, { htm: 'GET' }),
    'another URL': await make({}, { htu: 'https://wrong.example.com/token' }),
    'a slash after the URL': await make({}, { htu: `${tokenEndpoint}/` }),
    'an old iat': await make({}, { iat: now - 3600 }),
    'no JWT': 'this-is-not-a-jwt',
  }
}
