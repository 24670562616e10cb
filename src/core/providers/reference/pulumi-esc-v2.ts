/** Reference data of `pulumi-esc-v2`. */
import type { ProviderReference } from '../reference.ts'
import { NAME, starting } from './shape.ts'

export const pulumiEscV2Reference: ProviderReference = {
  contact: 'https://github.com/pulumi/docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks',
  sources: {
    keyHosts: 'pulumi/docs: content/docs/esc/guides/configuring-oidc/custom-audience.md',
    algorithms: 'pulumi/docs: content/docs/esc/guides/configuring-oidc/custom-audience.md',
    discovery: 'pulumi/docs: content/docs/esc/guides/configuring-oidc/custom-audience.md',
    lifetime: 'https://www.pulumi.com/docs/esc/providers/login/oidc/',
    claims: 'pulumi/docs: content/docs/esc/guides/configuring-oidc/custom-audience.md',
  },
  claims: {
    'https://pulumi.com/org': 'Organization name.',
    'https://pulumi.com/org_id': 'Organization id.',
    'https://pulumi.com/current_env': 'Environment that declares the block.',
    'https://pulumi.com/current_env_id': 'Id of that environment.',
    'https://pulumi.com/root_env': 'Environment that was opened.',
    'https://pulumi.com/root_env_id': 'Id of the opened environment; may be missing.',
    'https://pulumi.com/actor': 'Login of the user that opened it.',
    'https://pulumi.com/actor_id': 'Id of that user (observed in the debug provider).',
  },
  shapes: {
    sub: starting('a text that begins with pulumi:', 'pulumi:'),
    'https://pulumi.com/org': NAME,
  },
  guide: {
    tokenRequest: {
      summary: 'Add a block to the environment definition. Its value is the token.',
      env: [],
      command: null,
    },
    audience: 'workload',
    lifetime: '3600 s by default, 1m to 1h.',
    subjectFormats: ['pulumi:org:{org-id}:env:{environment-id}'],
    traps: [
      'The issuer and keys differ from those of v1, so v1 keys do not verify these tokens.',
      'The subject is the environment that declares the block, not the one that was opened. Anyone who may import it gets the same subject.',
      'Claim names are URLs.',
      'When the docs were read, the feature was being enabled gradually by organization.',
    ],
    unverified: [],
  },
}
