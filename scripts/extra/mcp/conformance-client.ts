/**
 * The client of five conformance scenarios. First runs the scenario against its mock authorization
 * server, with the MCP SDK. Then puts a gateway in place of the mock: the gateway has the issuer URL
 * of the mock, trusts the key of the scenario, and gets every request for the mock. Appends one line
 * of JSON for each result to RESULTS_FILE.
 */
import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  auth,
  discoverOAuthProtectedResourceMetadata,
  type OAuthClientProvider,
} from '@modelcontextprotocol/sdk/client/auth.js'
import { PrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { startGateway } from '../../../dist/dev/index.js'
import {
  createDPoP,
  discover,
  getTokenOfGateway,
  getTokenOfMock,
  makeBrokenProofs,
  useServer,
} from './dpop-client.ts'
import { createWorkloadProvider } from './workload-provider.ts'

/** The issuer and subject of the tokens of the scenario `auth/wif-jwt-bearer`. */
const SCENARIO_ISSUER = 'https://idp.conformance-test.local'
const SCENARIO_SUBJECT = 'conformance-workload'
/** A client that signs its own assertions must have an https URL as its id. */
const KEY_CLIENT = 'https://client.example.com'
const SCOPE = 'mcp:read'

const serverUrl = process.argv.at(-1) ?? ''
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as Record<string, string>

function report(name: string, isGood: boolean, said: string): void {
  appendFileSync(process.env.RESULTS_FILE ?? '', `${JSON.stringify({ name, isGood, said })}\n`)
}

async function connect(provider: OAuthClientProvider): Promise<void> {
  const client = new Client({ name: 'conformance', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(serverUrl), {
    authProvider: provider,
  })
  await client.connect(transport)
  await client.listTools()
  await client.close()
}

function keyProvider(clientId: string, expectedIssuer: string): OAuthClientProvider {
  return new PrivateKeyJwtProvider({
    ...{ clientId, expectedIssuer },
    privateKey: context.private_key_pem ?? '',
    algorithm: context.signing_algorithm ?? 'ES256',
  })
}

/** Exchanges the ID token of a person at the identity provider of the scenario for an ID-JAG. */
async function requestIdJag(audience: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: context.idp_id_token ?? '',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    ...{ audience, resource: serverUrl, client_id: context.idp_client_id ?? '' },
  })
  const response = await fetch(context.idp_token_endpoint ?? '', { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

/** Returns the key that the scenario generated last. */
function readLastKey(): JsonWebKey {
  const lines = readFileSync(process.env.KEYS_FILE ?? '', 'utf8')
    .trim()
    .split('\n')
  return JSON.parse(lines.at(-1) ?? '') as JsonWebKey
}

/** Starts a gateway with the issuer URL of the mock, and returns the fetch that leads to it. */
async function replaceMock(issuer: string, key: JsonWebKey, scratch: string) {
  const needsNonce = process.env.MCP_CONFORMANCE_SCENARIO === 'auth/dpop-nonce'
  const gateway = await startGateway({
    ...(needsNonce ? { variables: { DPOP_NONCE: 'required' } } : {}),
    ...{ issuer, stateDir: join(scratch, 'state'), localIssuers: true, onLog: () => {} },
  })
  const jwk = { ...key, alg: 'ES256', kid: 'scenario' }
  const rule = (from: string, when: object) => ({
    ...{ name: from, owner: 'mcp@example.com', expires: '2099-12-31', from, when },
    grant: { resource: serverUrl, scopes: [SCOPE] },
  })
  const platform = (url: string) => ({
    ...{ provider: 'generic-oidc', issuer: url, keys: { jwks: { keys: [jwk] } } },
  })
  const document = {
    version: 1,
    issuers: {
      workload: platform(SCENARIO_ISSUER),
      client: platform(KEY_CLIENT),
      ...(context.idp_issuer === undefined
        ? {}
        : { company: { ...platform(context.idp_issuer), accepts: ['id_jag'] } }),
    },
    resources: { [serverUrl]: { scopes: [SCOPE, 'wif.rejected'] } },
    rules: [
      rule('workload', { sub: SCENARIO_SUBJECT }),
      rule('client', { sub: KEY_CLIENT }),
      ...(context.idp_issuer === undefined
        ? []
        : [rule('company', { sub: { glob: '*@example.com' }, client_id: context.client_id })]),
    ],
  }
  const applied = await gateway.applyTrust(JSON.stringify(document), 'script')
  if (applied.kind === 'refused') throw new Error(JSON.stringify(applied.problems))
  const requests: string[] = []
  const fetchFn = (target: string | URL, init?: RequestInit) => {
    const url = new URL(target)
    if (url.origin !== new URL(issuer).origin) return fetch(url, init)
    requests.push(`${init?.method ?? 'GET'} ${url.pathname}`)
    return fetch(new URL(`${url.pathname}${url.search}`, gateway.url), init)
  }
  return { gateway, fetchFn, requests }
}

type Expected = 'a token' | `${string}Error`

async function check(
  name: string,
  provider: OAuthClientProvider,
  expected: Expected,
  { fetchFn, requests }: Awaited<ReturnType<typeof replaceMock>>,
): Promise<void> {
  requests.length = 0
  const said = await auth(provider, { serverUrl, fetchFn }).then(
    async (result) => {
      const { aud } = decodeJwt((await provider.tokens())?.access_token ?? '')
      return result === 'AUTHORIZED' && aud === serverUrl ? 'a token' : `${result} for ${aud}`
    },
    (error: Error) => error.name,
  )
  const isAsked = requests.includes('POST /token')
  report(name, said === expected && isAsked, isAsked ? said : `no token request: ${said}`)
}

type Replaced = Awaited<ReturnType<typeof replaceMock>>

/** Both scenarios of DPoP. The MCP server of the scenario checks each proof, and the bound token. */
async function useDpop(mock: string, replace: (key: JsonWebKey) => Promise<Replaced>) {
  const { handle, keys } = await createDPoP()
  await useServer(serverUrl, await getTokenOfMock(await discover(mock), serverUrl, handle), handle)
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const { fetchFn } = await replace((await exportJWK(publicKey)) as JsonWebKey)
  const sign = () =>
    new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'scenario' })
      .setIssuer(SCENARIO_ISSUER)
      .setSubject(SCENARIO_SUBJECT)
      .setAudience(mock)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey)
  const server = await discover(mock, fetchFn)
  const parameters = { assertion: await sign(), resource: serverUrl }
  const issued = await getTokenOfGateway(server, parameters, handle, fetchFn)
  await useServer(serverUrl, issued.access_token, handle)
  report('a bound token, at the MCP server', issued.token_type === 'dpop', issued.token_type)
  const broken = await makeBrokenProofs(keys, server.token_endpoint ?? '')
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  for (const [name, dpop] of Object.entries(broken)) {
    const body = new URLSearchParams({ grant_type, assertion: await sign(), resource: serverUrl })
    const init = { method: 'POST', headers: { dpop }, body }
    const response = await fetchFn(server.token_endpoint ?? '', init)
    const { error } = (await response.json()) as { error?: string }
    report(`a proof with ${name}`, error === 'invalid_dpop_proof', `${response.status} ${error}`)
  }
}

/** For each scenario: the connection to its own mock, the key to trust, and the checks. */
const SCENARIOS: Readonly<
  Record<
    string,
    (
      clientId: string,
      mock: string,
      replace: (key: JsonWebKey) => Promise<Replaced>,
    ) => Promise<void>
  >
> = {
  async 'auth/wif-jwt-bearer'(clientId, _, replace) {
    const workload = (token?: string, scope?: string) =>
      createWorkloadProvider(clientId, token, scope)
    const { valid_jwt, wrong_audience_jwt, expired_jwt } = context
    await connect(workload(valid_jwt))
    const replaced = await replace(readLastKey())
    await check('a valid token', workload(valid_jwt, SCOPE), 'a token', replaced)
    await check('another audience', workload(wrong_audience_jwt), 'InvalidGrantError', replaced)
    await check('an expired token', workload(expired_jwt), 'InvalidGrantError', replaced)
    await check('no assertion', workload(), 'InvalidRequestError', replaced)
    const scope = workload(valid_jwt, 'wif.rejected')
    await check('a scope that no rule grants', scope, 'InvalidScopeError', replaced)
  },
  'auth/dpop': (_, mock, replace) => useDpop(mock, replace),
  'auth/dpop-nonce': (_, mock, replace) => useDpop(mock, replace),
  async 'auth/client-credentials-jwt'(clientId, mock, replace) {
    await connect(keyProvider(clientId, mock))
    const key = createPublicKey(createPrivateKey(context.private_key_pem ?? ''))
    const replaced = await replace(key.export({ format: 'jwk' }))
    await check('the key of the client', keyProvider(KEY_CLIENT, mock), 'a token', replaced)
    const other = keyProvider('https://other.example.com', mock)
    await check('the key of another client', other, 'InvalidClientError', replaced)
  },
  async 'auth/enterprise-managed-authorization'(clientId, mock, replace) {
    const { client_secret: secret } = context
    const first = await requestIdJag(mock)
    await connect(createWorkloadProvider(clientId, first, undefined, secret))
    const idJag = await requestIdJag(mock)
    const replaced = await replace(readLastKey())
    // The metadata of a gateway offers no method with a secret, so the SDK does not send it.
    const withSecret = createWorkloadProvider(clientId, idJag, undefined, secret)
    await check('an ID-JAG, and a secret that is not sent', withSecret, 'a token', replaced)
    const other = createWorkloadProvider('other', idJag)
    await check('the ID-JAG of another client', other, 'InvalidGrantError', replaced)
    const forged = createWorkloadProvider(clientId, first)
    await check('an ID-JAG signed by another key', forged, 'InvalidGrantError', replaced)
    const client = createWorkloadProvider(clientId, idJag)
    await check('an ID-JAG without a secret', client, 'a token', replaced)
  },
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-conformance-'))
const started: Replaced[] = []
try {
  const metadata = await discoverOAuthProtectedResourceMetadata(serverUrl)
  const mock = metadata.authorization_servers?.[0] ?? ''
  await SCENARIOS[process.env.MCP_CONFORMANCE_SCENARIO ?? '']?.(
    context.client_id ?? '',
    mock,
    async (key) => {
      const replaced = await replaceMock(mock, key, scratch)
      started.push(replaced)
      return replaced
    },
  )
} finally {
  for (const { gateway } of started) await gateway.close()
  rmSync(scratch, { recursive: true, force: true })
}
