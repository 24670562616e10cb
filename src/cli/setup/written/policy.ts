/**
 * Writes the deploy-time policy: who may administer the gateway. Jobs of a pull request can only plan;
 * jobs of the protected environment can apply; people of the provider are owners.
 */
import type { Answers, CiPlace, People } from '../answers.ts'

export const POLICY_FILE = 'policy.json'

export function renderPolicy(answers: Answers): string {
  const { administrators, people } = answers
  const issuers = {
    ...Object.fromEntries(administrators.map(({ kind }) => [kind, { provider: PROVIDERS[kind] }])),
    ...(people === undefined ? {} : { people: describeProvider(people) }),
  }
  const rules = [
    ...administrators.flatMap((place, index) =>
      listCiRules(answers, place, index === 0 ? '' : `-${index + 1}`),
    ),
    ...(people === undefined ? [] : listPeopleRules(answers, people)),
  ]
  return `${JSON.stringify({ issuers, rules }, null, 2)}\n`
}

/** The value of `ADMIN_LOGIN`. A public client: there is no secret. */
export function renderAdminLogin({ issuer, client_id, emails, groups }: People): string {
  const scopes = [
    'openid',
    ...(emails.length > 0 ? ['email'] : []),
    ...(groups.length > 0 ? ['groups'] : []),
  ]
  return JSON.stringify({ issuer, client_id, scopes })
}

const PROVIDERS = { github: 'github-actions', gitlab: 'gitlab-com' } as const

/** A change that is only proposed can plan. */
const PLANS = {
  github: [
    {
      lint: 'LINT-29',
      reason: 'GitHub gives no token to a fork, and the role editor changes nothing',
    },
  ],
  gitlab: [
    {
      lint: 'LINT-29',
      reason: 'A pipeline of a fork has the id of the fork, and the role editor changes nothing',
    },
  ],
} as const

const BY_ADDRESS = [
  {
    lint: 'LINT-21',
    reason: 'Chosen with init. Remove people who leave, before somebody else gets their address',
  },
] as const

function describeProvider({ issuer, client_id }: People) {
  return { provider: 'generic-oidc', issuer, audience: client_id }
}

function listCiRules({ owner, expires, branch }: Answers, place: CiPlace, suffix: string) {
  const [pinned, proposed, applied] =
    place.kind === 'github'
      ? [
          {
            repository_owner_id: place.owner_id,
            repository_id: place.repository_id,
            runner_environment: 'github-hosted',
          },
          { event_name: 'pull_request' },
          {
            event_name: ['push', 'workflow_dispatch'],
            ref: `refs/heads/${branch}`,
            environment: place.environment,
          },
        ]
      : [
          {
            namespace_id: place.namespace_id,
            project_id: place.project_id,
            runner_environment: 'gitlab-hosted',
          },
          { pipeline_source: 'merge_request_event' },
          {
            pipeline_source: ['push', 'web'],
            ref_path: `refs/heads/${branch}`,
            ref_protected: 'true',
            environment: place.environment,
            environment_protected: 'true',
          },
        ]
  const rule = (name: string, when: object, role: string, accept: object = {}) => ({
    name: `${name}${suffix}`,
    owner,
    expires,
    from: place.kind,
    when: { ...pinned, ...when },
    ...accept,
    grant: { scopes: [role], lifetime: '10m' },
  })
  return [
    rule('plan-trust', proposed, 'editor', { accept: PLANS[place.kind] }),
    rule('apply-trust', applied, 'approver'),
  ]
}

type Way = { readonly name: string; readonly when: object; readonly accept?: typeof BY_ADDRESS }

/** One rule for each way to name people, because the conditions of one rule must all be true. */
function listPeopleRules({ owner, expires }: Answers, people: People) {
  const ways: readonly Way[] = [
    // Without email_verified, anybody could register the address of an administrator.
    { name: 'by-email', when: { email: people.emails, email_verified: true }, accept: BY_ADDRESS },
    { name: 'by-subject', when: { sub: people.subjects } },
    ...people.groups.map((group, index) => ({
      name: `by-group-${index + 1}`,
      when: { groups: { contains: group } },
    })),
  ]
  return ways
    .filter(({ when }) => Object.values(when).every((value) => !isEmptyList(value)))
    .map(({ name, when, accept }) => ({
      name: `people-${name}`,
      owner,
      expires,
      from: 'people',
      when,
      ...(accept && { accept }),
      grant: { scopes: ['owner'], lifetime: '1h' },
    }))
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
