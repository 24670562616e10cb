/** A small trust document for the Worker's tests, and stores for it. */
import { env } from 'cloudflare:workers'
import type { TrustStore } from '../../../src/worker/objects/trust-store/trust-store.ts'

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

/** A separate trust store for tests of the store itself. */
export function newTrustStore() {
  return env.TRUST_STORE.getByName(crypto.randomUUID())
}

/** Puts a document or a raw text into a store. */
export function putTrust(
  store: DurableObjectStub<TrustStore>,
  document: unknown,
  ifRevision: number,
) {
  const json = typeof document === 'string' ? document : JSON.stringify(document)
  return store.putDocument({ bytes: new TextEncoder().encode(json), author: 'ada', ifRevision })
}
