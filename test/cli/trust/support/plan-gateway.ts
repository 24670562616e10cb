/** A fake gateway with one trust document, and a changed document to plan and apply. */
import { type Reply, startGateway } from '../../support/gateway.ts'

export const RULE = {
  name: 'deploy',
  owner: 'platform@example.com',
  expires: '2099-01-31',
  from: 'github',
  when: { repository_owner_id: '4411', event_name: 'push' },
  accept: [
    { lint: 'LINT-33', reason: 'Two of a kind.' },
    { lint: 'LINT-35', reason: 'It ends late.' },
  ],
  grant: { resource: 'https://api.example.com', scopes: ['deploy:read'], lifetime: '10m' },
}
export const DOCUMENT = {
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: { 'https://api.example.com': { scopes: ['deploy:read'] } },
  rules: [RULE],
}
export const CHANGED = {
  ...DOCUMENT,
  rules: [
    { ...RULE, name: 'first' },
    { ...RULE, owner: 'ops' },
  ],
}
/** The answer to a PUT that stored a document. */
export const SUMMARY = {
  revision: 8,
  digest: 'sha256:00',
  author: 'ops',
  applied_at: 1_795_000_000,
}

/** The answer to GET. */
export const inForce = (etag = '"7"'): Reply => ({ status: 200, body: DOCUMENT, headers: { etag } })
export const problem = (status: number, more: object = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: { type: 'about:blank', title: 'x', status, ...more },
})

export async function startPlanGateway() {
  const gateway = await startGateway()
  return {
    gateway,
    /** Sets the answers: the document in force, and one answer to every PUT. */
    serve(put: Reply, get: Reply = inForce()): void {
      gateway.answer(({ method }) => (method === 'GET' ? get : put))
    },
  }
}
