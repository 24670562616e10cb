/**
 * Starts a dev issuer, and a gateway behind TLS with resources for consumers that can be installed.
 * The gateway signs with ES256 and RS256.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDevIssuer, startGateway } from '../../../dist/dev/index.js'
import { startTlsFront } from '../tls-front.ts'

const AUDIENCE = 'https://sts.example.com'
const SUBJECT = 'github:{repository_id}:{environment}'

export const RESOURCES = {
  openbao: 'https://openbao.example.com',
  kubernetes: 'https://kubernetes.example.com',
  spiffe: 'spiffe://example.org/reports',
} as const

export type ConsumerWorld = {
  /** The issuer URL of the gateway, behind TLS. */
  readonly issuer: string
  /** The certificate of the authority, in PEM. */
  readonly certificate: string
  readonly keySet: () => Promise<string>
  /** Exchanges the token of a job for one of this consumer. */
  readonly issueFor: (consumer: keyof typeof RESOURCES) => Promise<string>
  readonly close: () => Promise<void>
}

export async function startConsumerWorld(scratch: string): Promise<ConsumerWorld> {
  const issuer = await startDevIssuer()
  const { front, certificate } = await startTlsFront(scratch)
  const gateway = await startGateway({
    localIssuers: true,
    onLog: () => {},
    stateDir: join(scratch, 'gateway'),
    issuer: front.url,
    variables: { SPIFFE_TRUST_DOMAIN: 'example.org' },
  })
  front.target = new URL(gateway.url)
  const applied = await gateway.applyTrust(JSON.stringify(documentFor(issuer.issuer)), 'script')
  if (applied.kind === 'refused') throw new Error(JSON.stringify(applied.problems))
  return {
    issuer: front.url,
    certificate: readFileSync(certificate, 'utf8'),
    keySet: async () => (await fetch(`${gateway.url}/jwks.json`)).text(),
    async issueFor(consumer) {
      const request = { provider: 'github-actions', audience: AUDIENCE }
      const claims = { environment: 'production' }
      const body = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: await issuer.mint({ ...request, claims }, 'github'),
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        resource: RESOURCES[consumer],
      })
      const response = await fetch(`${gateway.url}/token`, { method: 'POST', body })
      const answer = (await response.json()) as { access_token?: string }
      if (answer.access_token === undefined) throw new Error(JSON.stringify(answer))
      return answer.access_token
    },
    async close() {
      front.close()
      await Promise.all([gateway.close(), issuer.close()])
    },
  }
}

function documentFor(issuer: string) {
  const rule = (name: keyof typeof RESOURCES, grant: object = {}) => ({
    ...{ name, owner: 'platform@example.com', expires: '2099-12-31', from: 'github' },
    when: { repository_owner_id: '1234567', repository_id: '456789012' },
    grant: { resource: RESOURCES[name], scopes: ['use'], subject: SUBJECT, ...grant },
  })
  return {
    version: 1,
    issuers: {
      github: { provider: 'github-actions', issuer: `${issuer}/github`, audience: AUDIENCE },
    },
    resources: Object.fromEntries(
      Object.entries(RESOURCES).map(([name, uri]) => [uri, { for: name, scopes: ['use'] }]),
    ),
    rules: [
      rule('openbao'),
      rule('kubernetes', { claims: { team: 'team:{repository_owner_id}' } }),
      rule('spiffe', { subject: 'spiffe://example.org/github/{repository_id}/{environment}' }),
    ],
  }
}
