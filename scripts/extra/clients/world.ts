/**
 * Starts the servers for the client programs: a dev issuer, a gateway on http, and a second one
 * behind TLS for clients that accept only `https`. Both gateways sign with ES256 and RS256. Their
 * resources: one with `typ: at+jwt`, one with `typ: JWT`, one for Google's libraries, and one for
 * JWT-SVIDs. Platforms: `github`, whose rules grant all of these; `single`, which may send its tokens
 * as `access_token`, and whose rule grants one resource, for clients that cannot name a target; and
 * `agent`, a client with a key of its own.
 */
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import {
  type DevIssuer,
  type LocalGateway,
  startDevIssuer,
  startGateway,
} from '../../../dist/dev/index.js'
import { startTlsFront } from '../tls-front.ts'
import { startKubernetesIssuer } from './kubernetes.ts'

const AUDIENCE = 'https://sts.example.com'
const RESOURCE = 'https://api.example.com/v1'
const JWT_RESOURCE = 'https://spring.example.com/v1'
const GOOGLE_RESOURCE = 'https://google.example.com/v1'
/** A name that clients of Google Cloud have for an API. */
const GOOGLE_NAME =
  '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/edgemint'
const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform'
/** The client with a key of its own. It signs its assertions itself, so its id is an issuer URL. */
const CLIENT_ID = 'https://agent.example.com'
const CLIENT_KID = 'agent-1'
/** Azure's libraries find the metadata of an authority below `/<tenant>/v2.0`. */
const ISSUER_PATH = '/tenant/v2.0'
const SUBJECT_TOKENS = 8
const SINGLE_TOKENS = 4
const TRUST_DOMAIN = 'example.org'
const SVID_AUDIENCE = `spiffe://${TRUST_DOMAIN}/reports`

const clientKey = generateKeyPairSync('rsa', { modulusLength: 2048 })

export type World = {
  /** The environment of a client program: addresses and fresh tokens. */
  readonly environment: (needsTls: boolean) => Promise<Readonly<Record<string, string>>>
  /**
   * Exchanges a token from the router of a Kubernetes API server. Throws the error of a refused
   * exchange.
   */
  readonly exchangeKubernetes: (program: string) => Promise<string>
  readonly close: () => Promise<void>
}

export async function startWorld(scratch: string): Promise<World> {
  const issuer = await startDevIssuer()
  const { front, certificate } = await startTlsFront(scratch)
  const variables = { SPIFFE_TRUST_DOMAIN: TRUST_DOMAIN }
  const options = { localIssuers: true, onLog: () => {}, variables }
  const plain = await startGateway({ ...options, stateDir: join(scratch, 'plain') })
  const behindTls = await startGateway({
    ...options,
    stateDir: join(scratch, 'tls'),
    issuer: `${front.url}${ISSUER_PATH}`,
  })
  front.target = new URL(behindTls.url)
  for (const gateway of [plain, behindTls]) await applyTrust(gateway, issuer.issuer)
  return {
    environment: (needsTls) =>
      describe(
        issuer,
        needsTls ? behindTls : plain,
        needsTls ? { NODE_EXTRA_CA_CERTS: certificate, REQUESTS_CA_BUNDLE: certificate } : {},
      ),
    exchangeKubernetes: async (program) => {
      const cluster = await startKubernetesIssuer(program, AUDIENCE)
      try {
        await applyTrust(plain, issuer.issuer, cluster.issuer)
        return await exchangeOnceKnown(plain, cluster.token)
      } finally {
        cluster.stop()
      }
    },
    close: async () => {
      front.close()
      await Promise.all([plain.close(), behindTls.close(), issuer.close()])
    },
  }
}

async function describe(issuer: DevIssuer, gateway: LocalGateway, more: Record<string, string>) {
  const mint = (realm = 'github') =>
    issuer.mint({ provider: 'github-actions', audience: AUDIENCE }, realm)
  return {
    ...more,
    ISSUER: gateway.issuer,
    RESOURCE,
    JWT_RESOURCE,
    GOOGLE_RESOURCE,
    GOOGLE_NAME,
    ...(await mintNumbered('SUBJECT_TOKEN', SUBJECT_TOKENS, () => mint())),
    ...(await mintNumbered('SINGLE_TOKEN', SINGLE_TOKENS, () => mint('single'))),
    CLIENT_ID,
    CLIENT_KID,
    CLIENT_KEY: clientKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ISSUED_TOKEN: await exchange(gateway, await mint(), RESOURCE),
    ISSUED_JWT: await exchange(gateway, await mint(), JWT_RESOURCE),
    TRUST_DOMAIN,
    SVID_AUDIENCE,
    SVID: await exchange(gateway, await mint(), SVID_AUDIENCE),
  }
}

/** A token of this platform can be used once. The first has no number, the second has `_2`. */
async function mintNumbered(name: string, count: number, mint: () => Promise<string>) {
  const tokens: Record<string, string> = {}
  for (let index = 1; index <= count; index += 1) {
    tokens[index === 1 ? name : `${name}_${index}`] = await mint()
  }
  return tokens
}

async function applyTrust(gateway: LocalGateway, issuer: string, cluster?: string) {
  const rule = (name: string, from: string, when: object, resource: string, more = {}) => ({
    ...{ name, owner: 'platform@example.com', expires: '2099-12-31', from, when },
    grant: { resource, scopes: ['deploy:read'], ...more },
  })
  const job = { repository_owner_id: '1234567', repository_id: '456789012' }
  const account = { sub: 'system:serviceaccount:payments:deployer' }
  const document = {
    version: 1,
    issuers: {
      github: { provider: 'github-actions', issuer: `${issuer}/github`, audience: AUDIENCE },
      single: {
        ...{ provider: 'github-actions', issuer: `${issuer}/single`, audience: AUDIENCE },
        accepts: ['access_token'],
      },
      agent: {
        provider: 'generic-oidc',
        issuer: CLIENT_ID,
        keys: { jwks: { keys: [publicJwk()] } },
      },
      ...(cluster === undefined
        ? {}
        : { cluster: { provider: 'kubernetes', issuer: cluster, audience: AUDIENCE } }),
    },
    resources: {
      [RESOURCE]: { scopes: ['deploy:read'] },
      [JWT_RESOURCE]: { scopes: ['deploy:read'], typ: 'JWT', algorithm: 'RS256' },
      [GOOGLE_RESOURCE]: {
        scopes: ['deploy:read'],
        for: 'google-clients',
        also_known_as: [GOOGLE_NAME],
      },
      [SVID_AUDIENCE]: { scopes: ['deploy:read'], for: 'spiffe' },
    },
    rules: [
      rule('deploy', 'github', job, RESOURCE),
      rule('spring', 'github', job, JWT_RESOURCE),
      rule('google', 'github', job, GOOGLE_RESOURCE, { scopes: ['deploy:read', CLOUD_PLATFORM] }),
      rule('single', 'single', job, RESOURCE),
      rule('agent', 'agent', { sub: CLIENT_ID }, RESOURCE),
      rule('svid', 'github', job, SVID_AUDIENCE, {
        subject: `spiffe://${TRUST_DOMAIN}/github/{repository_id}`,
      }),
      ...(cluster === undefined ? [] : [rule('pod', 'cluster', account, RESOURCE)]),
    ],
  }
  const applied = await gateway.applyTrust(JSON.stringify(document), 'script')
  if (applied.kind === 'refused') throw new Error(JSON.stringify(applied.problems))
}

function publicJwk() {
  const jwk = clientKey.publicKey.export({ format: 'jwk' })
  return { ...jwk, kid: CLIENT_KID, alg: 'RS256', use: 'sig' }
}

/** A change of the trust document reaches every exchange within ten seconds. */
const CHANGE_SECONDS = 12

async function exchangeOnceKnown(gateway: LocalGateway, token: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await exchange(gateway, token, RESOURCE)
    } catch (error) {
      if (tries === CHANGE_SECONDS) throw error
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }
}

async function exchange(
  { url, issuer }: LocalGateway,
  subjectToken: string,
  resource: string,
): Promise<string> {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    resource,
  })
  const response = await fetch(`${url}${path}/token`, { method: 'POST', body })
  const answer = (await response.json()) as { access_token?: string }
  if (answer.access_token === undefined) throw new Error(JSON.stringify(answer))
  return answer.access_token
}
