/**
 * Starts the servers for the client programs: a dev issuer, a gateway on http, and a second one
 * behind TLS for clients that accept only `https`. Both gateways sign with ES256 and RS256 and have
 * three resources: one with `typ: at+jwt`, one with `typ: JWT`, and one for JWT-SVIDs.
 */
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
const TRUST_DOMAIN = 'example.org'
const SVID_AUDIENCE = `spiffe://${TRUST_DOMAIN}/reports`

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
    issuer: front.url,
  })
  front.target = new URL(behindTls.url)
  for (const gateway of [plain, behindTls]) await applyTrust(gateway, issuer.issuer)
  return {
    environment: (needsTls) =>
      describe(
        issuer,
        needsTls ? behindTls : plain,
        needsTls ? { NODE_EXTRA_CA_CERTS: certificate } : {},
      ),
    exchangeKubernetes: async (program) => {
      const cluster = await startKubernetesIssuer(program, AUDIENCE)
      try {
        await applyTrust(plain, issuer.issuer, cluster.issuer)
        return await exchangeOnceKnown(plain.url, cluster.token)
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
  const mint = () => issuer.mint({ provider: 'github-actions', audience: AUDIENCE }, 'github')
  return {
    ...more,
    ISSUER: gateway.issuer,
    RESOURCE,
    JWT_RESOURCE,
    SUBJECT_TOKEN: await mint(),
    SUBJECT_TOKEN_2: await mint(),
    SUBJECT_TOKEN_3: await mint(),
    ISSUED_TOKEN: await exchange(gateway.url, await mint(), RESOURCE),
    ISSUED_JWT: await exchange(gateway.url, await mint(), JWT_RESOURCE),
    TRUST_DOMAIN,
    SVID_AUDIENCE,
    SVID: await exchange(gateway.url, await mint(), SVID_AUDIENCE),
  }
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
      ...(cluster === undefined
        ? {}
        : { cluster: { provider: 'kubernetes', issuer: cluster, audience: AUDIENCE } }),
    },
    resources: {
      [RESOURCE]: { scopes: ['deploy:read'] },
      [JWT_RESOURCE]: { scopes: ['deploy:read'], typ: 'JWT', algorithm: 'RS256' },
      [SVID_AUDIENCE]: { scopes: ['deploy:read'], for: 'spiffe' },
    },
    rules: [
      rule('deploy', 'github', job, RESOURCE),
      rule('spring', 'github', job, JWT_RESOURCE),
      rule('svid', 'github', job, SVID_AUDIENCE, {
        subject: `spiffe://${TRUST_DOMAIN}/github/{repository_id}`,
      }),
      ...(cluster === undefined ? [] : [rule('pod', 'cluster', account, RESOURCE)]),
    ],
  }
  const applied = await gateway.applyTrust(JSON.stringify(document), 'script')
  if (applied.kind === 'refused') throw new Error(JSON.stringify(applied.problems))
}

/** A change of the trust document reaches every exchange within ten seconds. */
const CHANGE_SECONDS = 12

async function exchangeOnceKnown(url: string, token: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await exchange(url, token, RESOURCE)
    } catch (error) {
      if (tries === CHANGE_SECONDS) throw error
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }
}

async function exchange(url: string, subjectToken: string, resource: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    resource,
  })
  const response = await fetch(`${url}/token`, { method: 'POST', body })
  const answer = (await response.json()) as { access_token?: string }
  if (answer.access_token === undefined) throw new Error(JSON.stringify(answer))
  return answer.access_token
}
