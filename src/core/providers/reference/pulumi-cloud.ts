/** Reference data of `pulumi-cloud`. */
import type { ProviderReference } from '../reference.ts'

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
  guide: {
    tokenRequest: {
      summary:
        'Made by Pulumi Cloud for its own cloud logins; other services are reached with the v2 tokens (pulumi-esc-v2).',
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
      'Two products share the issuer and keys; the sub prefix tells them apart.',
      'scope is always write, also for operation = preview: pull request previews must be told apart by operation.',
      'Names only, no ids; the default audience is the organization name.',
      'In the legacy default project the project part is missing from sub.',
      'The environment that holds the login block and the environment that was opened differ: current_env and root_env are not interchangeable.',
    ],
    unverified: ['Signing algorithm (RS256 assumed).', 'Lifetime, jti.'],
  },
}
