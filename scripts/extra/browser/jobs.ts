/** Jobs that exchange their tokens at the gateway of the browser check: granted and refused ones. */
import { API, HOSTILE_REF, PAYMENTS } from './document.ts'

type Job = {
  readonly path: string
  readonly provider: string
  readonly claims?: object
  readonly resource: string
  readonly scope?: string
}

const GITHUB = { path: 'github', provider: 'github-actions', resource: API } as const

export const JOBS: readonly Job[] = [
  { ...GITHUB, scope: 'deploy:write' },
  { ...GITHUB, scope: 'deploy:read' },
  { ...GITHUB, claims: { ref: 'refs/heads/next', environment: null }, scope: 'deploy:read' },
  { ...GITHUB, claims: { ref: 'refs/tags/v1.2.0', environment: null }, scope: 'packages:write' },
  { ...GITHUB, claims: { ref: HOSTILE_REF, environment: null }, scope: 'deploy:write' },
  { ...GITHUB, claims: { repository_id: '999', repository: 'acme/other' } },
  {
    ...GITHUB,
    claims: { event_name: 'pull_request', ref: 'refs/pull/7/merge', environment: null },
  },
  { path: 'gitlab', provider: 'gitlab-com', resource: API, scope: 'deploy:read' },
  { path: 'gitlab', provider: 'gitlab-com', claims: { ref_protected: 'false' }, resource: API },
  { path: 'cluster', provider: 'kubernetes', resource: PAYMENTS },
  { path: 'cluster', provider: 'kubernetes', resource: 'https://unknown.example.com' },
  { path: 'unknown', provider: 'github-actions', resource: API },
]

export type Exchanged = {
  readonly status: number
  readonly decisionId: string
}

type Places = { readonly issuer: string; readonly gateway: string; readonly audience: string }

/** Gets a token for the job from the dev issuer, and exchanges it. */
export async function exchange(
  job: Job,
  { issuer, gateway, audience }: Places,
): Promise<Exchanged> {
  const minted = await fetch(`${issuer}/${job.path}/mint`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: job.provider, audience, claims: job.claims ?? {} }),
  })
  const { token } = (await minted.json()) as { readonly token: string }
  const response = await fetch(`${gateway}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      resource: job.resource,
      ...(job.scope === undefined ? {} : { scope: job.scope }),
    }),
  })
  const body = (await response.json()) as { readonly decision_id?: string }
  return { status: response.status, decisionId: body.decision_id ?? '' }
}
