/** Reference data of `pulumi-cloud`. */
import type { ProviderReference } from '../reference.ts'
import { known, NAME, starting } from './shape.ts'

export const pulumiCloudReference: ProviderReference = {
  contact: 'https://github.com/pulumi/docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: { claims: 'pulumi/docs: content/docs/deployments/deployments/oidc/_index.md' },
  claims: {
    org: 'Organization name (Deployments).',
    project: 'Project name (Deployments).',
    stack: 'Stack name (Deployments).',
    stackId: 'Fully qualified stack identifier (Deployments).',
    operation: 'preview, update, refresh or destroy (Deployments).',
    deployment: 'Deployment version (Deployments).',
    scope: 'Always write (Deployments).',
    current_env: 'Environment in which the login block is defined (ESC).',
    root_env: 'Environment that was opened first (ESC); any environment that imports the block.',
    trigger_user: 'User that opened it (ESC).',
  },
  shapes: {
    sub: starting('a text that begins with pulumi:', 'pulumi:'),
    org: NAME,
    project: NAME,
    stackId: {
      kind: 'path',
      least: 3,
      most: 3,
      is: 'an organization, a project and a stack, such as acme/network/prod',
    },
    operation: known('preview', 'update', 'refresh', 'destroy'),
    scope: known('write'),
  },
  guide: {
    tokenRequest: {
      summary:
        'Pulumi Cloud issues it for its own logins to clouds. For other services, use the v2 tokens (pulumi-esc-v2).',
      env: [],
      command: null,
    },
    audience: 'issuer-fixed',
    lifetime: 'Not verified.',
    subjectFormats: [
      'pulumi:deploy:org:{org}:project:{project}:stack:{stack}:operation:{operation}:scope:write',
      'pulumi:environments:org:{org}:env:{project}/{environment}',
      'pulumi:environments:pulumi.organization.login:{org}:{attribute}:{value}... with subjectAttributes',
    ],
    traps: [
      'Two products have the same issuer and keys. The prefix of sub distinguishes them.',
      'scope is always write, also for operation = preview. Use operation to distinguish previews of pull requests.',
      'The token contains only names, no ids. The default audience is the organization name.',
      'In the legacy default project, sub has no project part.',
      'current_env contains the login block, and root_env is the environment that was opened. They can differ.',
    ],
    unverified: ['Signing algorithm (RS256 assumed).', 'Lifetime, jti.'],
  },
}
