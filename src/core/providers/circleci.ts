/**
 * CircleCI cloud. The issuer contains the organization, unless the job requested the root
 * issuer, which is shared by all customers.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const circleci: ProviderProfile = {
  id: 'circleci',
  name: 'CircleCI (cloud)',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/oidc\.circleci\.com(?:\/org\/(?<organizationId>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}))?$/,
    example: 'https://oidc.circleci.com/org/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
    tenantPart: 'organizationId',
  },
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('oidc.circleci.com/org-id', { immutable: true, recorded: true }),
    claim('oidc.circleci.com/project-id', { class: 'required', immutable: true, recorded: true }),
    claim('oidc.circleci.com/pipeline-definition-id', {
      immutable: true,
      influence: 'low',
      recorded: true,
    }),
    claim('oidc.circleci.com/pipeline-id', { immutable: true, recorded: true }),
    claim('oidc.circleci.com/workflow-id', { immutable: true, recorded: true }),
    claim('oidc.circleci.com/job-id', { immutable: true, recorded: true }),
    claim('oidc.circleci.com/context-ids', {
      types: ['array'],
      immutable: true,
      influence: 'medium',
      recorded: true,
    }),
    claim('oidc.circleci.com/ssh-rerun', { types: ['boolean'], influence: 'high', recorded: true }),
    claim('oidc.circleci.com/vcs-origin', { immutable: false, influence: 'medium' }),
    claim('oidc.circleci.com/vcs-ref', { influence: 'high', recorded: true }),
  ],
  tenantClaims: [['oidc.circleci.com/org-id']],
  projectClaims: [['oidc.circleci.com/project-id'], ['sub']],
  tenantSubject: /^org\/[0-9a-f-]{36}\//,
  safeValues: [{ path: ['oidc.circleci.com/ssh-rerun'], value: false }],
  narrowing: [['oidc.circleci.com/vcs-origin']],
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 3600,
  sharedAudiences: ['{organization}'],
  job: ['oidc.circleci.com/job-id'],
  names: {
    ownerId: ['oidc.circleci.com/org-id'],
    projectId: ['oidc.circleci.com/project-id'],
    ref: ['oidc.circleci.com/vcs-ref'],
    workflow: ['oidc.circleci.com/pipeline-definition-id'],
  },
}
