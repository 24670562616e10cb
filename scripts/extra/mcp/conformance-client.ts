/**
 * The client of two conformance scenarios. First runs the scenario against its mock authorization
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
import { decodeJwt } from 'jose'
import { startGateway } from '../../../dist/dev/index.js'
import { createWorkloadProvider } from './workload-provider.ts'

/** The issuer and subject of the tokens of the scenario `auth/wif-jwt-bearer`. */
const SCENARIO_ISSUER = 'https://idp.conformance-test.local'
const SCENARIO_SUBJECT = 'conformance-workload'
/** A client that signs its own assertions must have an https URL as its id. */
const KEY_CLIENT = 'https://client.example.com'
const SCOPE = 'mcp:read'

const serverUrl = process.argv.at(-1) ?? ''
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as Record<string, string>
const isWorkload = process.env.MCP_CONFORMANCE_SCENARIO === 'auth/wif-jwt-bearer'

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

/** Starts a gateway with the issuer URL of the mock, and returns the fetch that leads to it. */
async function replaceMock(issuer: string, key: JsonWebKey, scratch: string) {
  const gateway = await startGateway({
    ...{ issuer, stateDir: join(scratch, 'state'), localIssuers: true, onLog: () => {} },
  })
  const jwk = { ...key, alg: 'ES256', kid: 'scenario' }
  const rule = (from: string, sub: string) => ({
    ...{ name: from, owner: 'mcp@example.com', expires: '2099-12-31', from, when: { sub } },
    grant: { resource: serverUrl, scopes: [SCOPE] },
  })
  const platform = (url: string) => ({
    ...{ provider: 'generic-oidc', issuer: url, keys: { jwks: { keys: [jwk] } } },
  })
  const document = {
    version: 1,
    issuers: { workload: platform(SCENARIO_ISSUER), client: platform(KEY_CLIENT) },
    resources: { [serverUrl]: { scopes: [SCOPE, 'wif.rejected'] } },
    rules: [rule('workload', SCENARIO_SUBJECT), rule('client', KEY_CLIENT)],
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

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-conformance-'))
try {
  const metadata = await discoverOAuthProtectedResourceMetadata(serverUrl)
  const mock = metadata.authorization_servers?.[0] ?? ''
  const clientId = context.client_id ?? ''
  await connect(
    isWorkload ? createWorkloadProvider(clientId, context.valid_jwt) : keyProvider(clientId, mock),
  )

  const key = isWorkload
    ? (JSON.parse(readFileSync(process.env.KEYS_FILE ?? '', 'utf8').trim()) as JsonWebKey)
    : createPublicKey(createPrivateKey(context.private_key_pem ?? '')).export({ format: 'jwk' })
  const replaced = await replaceMock(mock, key, scratch)
  try {
    if (isWorkload) {
      const workload = (token?: string, scope?: string) =>
        createWorkloadProvider(clientId, token, scope)
      const { valid_jwt, wrong_audience_jwt, expired_jwt } = context
      await check('a valid token', workload(valid_jwt, SCOPE), 'a token', replaced)
      await check('another audience', workload(wrong_audience_jwt), 'InvalidGrantError', replaced)
      await check('an expired token', workload(expired_jwt), 'InvalidGrantError', replaced)
      await check('no assertion', workload(), 'InvalidRequestError', replaced)
      const scope = workload(valid_jwt, 'wif.rejected')
      await check('a scope that no rule grants', scope, 'InvalidScopeError', replaced)
    } else {
      await check('the key of the client', keyProvider(KEY_CLIENT, mock), 'a token', replaced)
      const other = keyProvider('https://other.example.com', mock)
      await check('the key of another client', other, 'InvalidClientError', replaced)
    }
  } finally {
    await replaced.gateway.close()
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
