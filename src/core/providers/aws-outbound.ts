/**
 * AWS outbound identity federation (GetWebIdentityToken). The issuer host identifies one
 * account; `sub` is the role.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const awsOutbound: ProviderProfile = {
  id: 'aws-outbound',
  name: 'AWS IAM outbound identity federation (STS GetWebIdentityToken)',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<accountIssuerId>[0-9a-z][0-9a-z-]*)\.tokens\.sts\.global\.api\.aws$/,
    example: 'https://00000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws',
  },
  algorithms: ['ES384', 'RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('https://sts.amazonaws.com/', { types: ['object'] }),
    claim(['https://sts.amazonaws.com/', 'aws_account'], { immutable: true, recorded: true }),
    claim(['https://sts.amazonaws.com/', 'org_id'], { immutable: true, recorded: true }),
    claim(['https://sts.amazonaws.com/', 'ou_path'], { immutable: false, influence: 'low' }),
    claim(['https://sts.amazonaws.com/', 'source_region'], { influence: 'medium' }),
    claim(['https://sts.amazonaws.com/', 'principal_tags'], {
      types: ['object'],
      immutable: false,
      influence: 'low',
    }),
    claim(['https://sts.amazonaws.com/', 'request_tags'], {
      types: ['object'],
      immutable: false,
      influence: 'high',
    }),
    claim(['https://sts.amazonaws.com/', 'lambda_source_function_arn'], {
      immutable: false,
      influence: 'low',
    }),
  ],
  tenantClaims: [
    ['https://sts.amazonaws.com/', 'aws_account'],
    ['https://sts.amazonaws.com/', 'org_id'],
  ],
  projectClaims: [['sub']],
  unsafeEvents: [],
  replay: 'once',
  maxLifetimeSeconds: 3600,
  sharedAudiences: [],
  names: { ownerId: ['https://sts.amazonaws.com/', 'aws_account'], projectId: ['sub'] },
}
