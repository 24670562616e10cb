/**
 * The trust documents of the stored state. The first is small. The second uses every part of the
 * rule language of release 0.2.0. The third is a mistake that the fourth revision undoes.
 */
import type { DerivedKey } from '../../../test/support/derived-keys.ts'

export const API = 'https://api.example.com'
export const FILES = 'https://files.example.com/v1'

/** Members of every allow rule. The rules cover many cases, so some have lint findings. */
const HEAD = {
  owner: 'platform@example.com',
  expires: '2099-12-31',
  accept: accept('LINT-35', 'PROBE'),
}

const deploy = {
  ...HEAD,
  name: 'deploy',
  from: 'github',
  when: {
    repository_owner_id: '1234567',
    repository_id: '456789012',
    ref: { glob: 'refs/heads/**' },
    event_name: { not: ['pull_request', 'pull_request_target'] },
  },
  accept: accept('LINT-07', 'LINT-14', 'LINT-28', 'LINT-35', 'LINT-36', 'PROBE'),
  grant: {
    resource: API,
    scopes: ['deploy:read', 'deploy:write'],
    lifetime: '10m',
    subject: 'github:{repository_id}:{environment}',
    claims: { repository: '{repository}', commit: '{sha}' },
  },
}

const rules = [
  deploy,
  {
    name: 'never-self-hosted',
    effect: 'deny',
    from: 'github',
    when: { runner_environment: 'self-hosted' },
  },
  {
    ...HEAD,
    name: 'report',
    description: 'Payments reports, at most four groups at a time.',
    from: 'idp',
    when: { job: 'report', groups: { contains: 'reporters' } },
    condition: 'claims.team == "payments" && size(claims.groups) < 5',
    grant: {
      resource: API,
      scopes: ['deploy:read'],
      lifetime: '30m',
      subject: 'idp:{team}:{branch}',
      claims: { team: '{team}', commit: '{commit|sha256}' },
      replay: 'reuse',
    },
  },
  {
    name: 'never-contractors',
    description: 'Nothing for contractors, whatever the rules above allow.',
    effect: 'deny',
    from: 'idp',
    when: { contract: { exists: true } },
  },
  {
    ...HEAD,
    name: 'batch',
    from: 'idp',
    when: { job: { glob: 'batch/*/run' } },
    grant: { resource: API, scopes: ['deploy:write'], replay: 'once' },
  },
  ...[API, FILES].map((resource, index) => ({
    ...HEAD,
    name: `mirror-${index + 1}`,
    from: 'idp',
    when: { job: 'mirror', team: ['blue', 'green'] },
    grant: {
      resource,
      scopes: [index === 0 ? 'deploy:read' : 'files:read'],
      replay: 'once_per_resource',
    },
  })),
  {
    ...HEAD,
    name: 'watch',
    description: 'Who would get in if every job could read files.',
    mode: 'observe',
    from: 'idp',
    when: { sub: { glob: 'job:**' } },
    grant: { resource: FILES, scopes: ['files:read'] },
  },
  {
    ...HEAD,
    name: 'payments-worker',
    from: 'cluster',
    when: {
      'kubernetes.io.namespace': 'payments',
      'kubernetes.io.serviceaccount.name': 'worker',
      'kubernetes.io.warnafter': { min: 1, max: 4_000_000_000 },
    },
    grant: { resource: API, scopes: ['deploy:read'] },
  },
  {
    ...HEAD,
    name: 'mesh-worker',
    from: 'mesh',
    when: { sub: { glob: 'spiffe://acme.example/worker/*' } },
    grant: { resource: FILES, scopes: ['files:read'], lifetime: '5m' },
  },
]

export type Documents = { readonly small: object; readonly full: object; readonly mistake: object }

/** `issuers` is the URL of the dev issuer. */
export function makeDocuments(issuers: string, uploaded: DerivedKey): Documents {
  const github = { provider: 'github-actions', issuer: `${issuers}/github` }
  const api = { scopes: ['deploy:read', 'deploy:write'], max_lifetime: '1h', algorithm: 'ES256' }
  const full = {
    version: 1,
    issuers: {
      github,
      idp: { provider: 'generic-oidc', issuer: `${issuers}/idp` },
      gitlab: { provider: 'gitlab-self-managed', issuer: `${issuers}/gitlab` },
      cluster: {
        provider: 'kubernetes',
        issuer: 'https://kubernetes.default.svc.cluster.local',
        keys: { jwks: { keys: [uploaded.publicJwk] } },
      },
      mesh: {
        provider: 'spiffe-jwt-svid',
        issuer: `${issuers}/mesh`,
        trust_domain: 'acme.example',
        bundle_endpoint: `${issuers}/mesh/jwks`,
      },
    },
    resources: {
      [API]: { ...api, proof_of_possession: 'optional', audit: 'standard' },
      [FILES]: { scopes: ['files:read'] },
    },
    rules,
  }
  const freeze = { name: 'freeze', effect: 'deny', from: 'idp', when: { sub: { exists: true } } }
  return {
    small: { version: 1, issuers: { github }, resources: { [API]: api }, rules: [deploy] },
    full,
    mistake: { ...full, rules: [...rules.slice(1), freeze] },
  }
}

function accept(...lints: readonly string[]) {
  return lints.map((lint) => ({ lint, reason: 'A rule of a fixture.' }))
}

/** `BOOTSTRAP_TRUST` of the gateway. */
export function makePolicy(issuers: string): string {
  return JSON.stringify({
    issuers: { admin: { provider: 'generic-oidc', issuer: `${issuers}/admin` } },
    rules: [
      {
        owner: 'platform@example.com',
        expires: '2099-12-31',
        name: 'administer',
        from: 'admin',
        when: { sub: 'operator' },
        grant: {
          scopes: ['trust:read', 'trust:write', 'tokens:introspect', 'revocations:write'],
          lifetime: '10m',
        },
      },
    ],
  })
}
