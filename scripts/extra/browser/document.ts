/** The trust document of the browser check: rules of every kind, long names, and hostile text. */

export const API = 'https://api.example.com/v1'
export const PAYMENTS = 'https://payments.example.com'
/** Markup and scripts that a page must show as text. */
export const HOSTILE_OWNER =
  '<img src=x onerror=alert(1)> "quoted" \u05e9\u05dc\u05d5\u05dd & Söhne'
export const LONG_NAME = `release-${'very-long-name.of_a-rule-'.repeat(4)}end`
/** A branch whose name reorders the text after it, and hides a part of it. */
export const HOSTILE_REF = 'refs/heads/\u202etxt.exe\u2066<script>alert(1)</script>\u200b'

const OWNER_CLAIM = { repository_owner_id: '1234567' }
const REPOSITORY = { ...OWNER_CLAIM, repository_id: '456789012' }
const DAY_MILLISECONDS = 86_400_000

const dateIn = (days: number) =>
  new Date(Date.now() + days * DAY_MILLISECONDS).toISOString().slice(0, 10)

export type DocumentOptions = {
  /** Further rules that no job uses. */
  readonly moreRules: number
  /** Without the rule that has a long name and hostile text. */
  readonly isPlain?: boolean
}

export function makeDocument(
  issuer: string,
  audience: string,
  { moreRules, isPlain = false }: DocumentOptions,
): object {
  const source = (provider: string, path: string) => ({
    provider,
    issuer: `${issuer}/${path}`,
    audience,
  })
  return {
    version: 1,
    issuers: {
      github: source('github-actions', 'github'),
      gitlab: source('gitlab-com', 'gitlab'),
      cluster: source('kubernetes', 'cluster'),
      'edge-cluster': source('kubernetes', 'edge-cluster'),
    },
    resources: {
      [API]: { scopes: ['deploy:read', 'deploy:write', 'packages:write'], max_lifetime: '15m' },
      [PAYMENTS]: { scopes: ['ledger:read'], audit: 'strict' },
    },
    rules: [
      ...makeRules().filter(({ owner }) => !isPlain || owner !== HOSTILE_OWNER),
      ...Array.from({ length: moreRules }, (_, index) => makeSpare(index)),
    ],
  }
}

/** A deploy-time policy that gives the same scopes to every person of the issuer. */
export function makePolicy(issuer: string, scopes: readonly string[]): string {
  return JSON.stringify({
    issuers: { people: { provider: 'generic-oidc', issuer, audience: 'edgemint' } },
    rules: [
      {
        name: 'people',
        owner: 'platform@example.com',
        expires: dateIn(60),
        from: 'people',
        when: { sub: { exists: true } },
        grant: { scopes, lifetime: '1h' },
      },
    ],
  })
}

function makeRules(): readonly ({ readonly owner?: string } & Readonly<Record<string, unknown>>)[] {
  return [
    {
      name: 'deploy-api-from-main',
      description: 'The main branch deploys from the production environment.',
      owner: 'platform@example.com',
      expires: dateIn(180),
      from: 'github',
      when: {
        ...REPOSITORY,
        ref: 'refs/heads/main',
        environment: 'production',
        event_name: ['push', 'workflow_dispatch'],
      },
      grant: {
        resource: API,
        scopes: ['deploy:read', 'deploy:write'],
        lifetime: '10m',
        subject: 'github:{repository_id}:{environment}',
        claims: { repository: '{repository}', commit: '{sha}' },
      },
    },
    {
      name: 'read-deployments-from-branches',
      description: 'Any branch of the repository reads deployments.',
      owner: 'platform@example.com',
      expires: dateIn(9),
      from: 'github',
      when: { ...REPOSITORY, ref: { glob: 'refs/heads/**' } },
      grant: { resource: API, scopes: ['deploy:read'], lifetime: '5m' },
    },
    {
      name: LONG_NAME,
      owner: HOSTILE_OWNER,
      expires: dateIn(60),
      from: 'github',
      when: { ...REPOSITORY, ref: { glob: 'refs/tags/*' } },
      grant: { resource: API, scopes: ['packages:write'], lifetime: '5m' },
    },
    {
      name: 'deploy-api-from-gitlab',
      owner: 'platform@example.com',
      expires: dateIn(120),
      from: 'gitlab',
      when: { namespace_id: '72', project_id: '20', ref: 'main', ref_protected: 'true' },
      grant: { resource: API, scopes: ['deploy:read', 'deploy:write'], lifetime: '10m' },
    },
    {
      name: 'never-from-unprotected-branches',
      effect: 'deny',
      from: 'gitlab',
      when: { ref_protected: 'false' },
    },
    {
      name: 'read-ledger-from-worker',
      description: 'A pod of the payments worker reads the ledger.',
      owner: 'payments@example.com',
      expires: dateIn(300),
      from: 'cluster',
      when: {
        'kubernetes.io.namespace': 'payments',
        'kubernetes.io.serviceaccount.name': 'worker',
      },
      grant: { resource: PAYMENTS, scopes: ['ledger:read'], lifetime: '5m' },
    },
    {
      name: 'try-packages-from-main',
      mode: 'observe',
      owner: 'packages@example.com',
      expires: dateIn(30),
      from: 'github',
      when: { ...REPOSITORY, ref: 'refs/heads/main' },
      grant: { resource: API, scopes: ['packages:write'], lifetime: '5m' },
    },
    {
      name: 'old-release-job',
      owner: 'release@example.com',
      expires: dateIn(1),
      from: 'github',
      when: { ...REPOSITORY, ref: 'refs/heads/release' },
      grant: { resource: API, scopes: ['deploy:write'], lifetime: '10m' },
    },
  ]
}

function makeSpare(index: number): object {
  return {
    name: `service-${String(index).padStart(5, '0')}`,
    owner: `team-${index % 40}@example.com`,
    expires: dateIn(20 + (index % 300)),
    from: 'github',
    when: { ...OWNER_CLAIM, repository_id: String(500_000_000 + index) },
    grant: { resource: API, scopes: ['deploy:read'], lifetime: '5m' },
  }
}
