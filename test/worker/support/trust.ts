/** A small trust document for the Worker's tests, and the store that holds it. */
import { env } from 'cloudflare:workers'
import type { PutResult } from '../../../src/worker/durable/trust-store.ts'

export const API = 'https://api.test'

/** One GitHub issuer, one resource, one rule that its example job satisfies. */
export function trustFor(issuerUrl: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    version: 1,
    issuers: { github: { provider: 'github-actions', issuer: issuerUrl } },
    resources: { [API]: { scopes: ['deploy:read', 'deploy:write'], max_lifetime: '15m' } },
    rules: [
      {
        name: 'deploy',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when: {
          repository_owner_id: '1234567',
          repository_id: '456789012',
          ref: 'refs/heads/main',
        },
        grant: { resource: API, scopes: ['deploy:read', 'deploy:write'], lifetime: '10m' },
      },
    ],
    ...change,
  }
}

/** A trust store of its own, for tests of the store itself. */
export function newTrustStore() {
  return env.TRUST_STORE.getByName(crypto.randomUUID())
}

/** Makes `document` the next revision of the gateway's own store. */
export async function applyTrust(document: unknown): Promise<PutResult> {
  const store = env.TRUST_STORE.getByName('trust')
  const { revision } = await store.currentDocument()
  const json = JSON.stringify(document)
  return (await store.putDocument({ json, author: 'test', ifRevision: revision })) as PutResult
}
