/** Reference data of `env0`. */
import type { ProviderReference } from '../reference.ts'

export const env0Reference: ProviderReference = {
  contact: 'https://docs.envzero.com/guides/integrations/oidc-integrations',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: { claims: 'gravitational/teleport: lib/join/env0/env0.go' },
  claims: {
    organizationId: 'Organization UUID.',
    projectId: 'Project UUID.',
    projectName: 'Project name.',
    templateId: 'Template UUID.',
    templateName: 'Template name.',
    environmentId: 'Environment UUID.',
    environmentName: 'Environment name.',
    workspaceName: 'Workspace name.',
    deploymentLogId: 'Deployment id.',
    deploymentType: 'Deployment type.',
    deployerEmail: 'Email of the person that started it.',
    env0Tag: 'Optional free tag.',
  },
  guide: {
    tokenRequest: {
      summary: 'Enabled per organization or by an OIDC credential; the audience is hard-coded.',
      env: ['ENV0_OIDC_TOKEN'],
      command: null,
    },
    audience: 'issuer-fixed',
    lifetime: 'Not verified.',
    subjectFormats: ['one opaque value per organization, shown in the env zero UI'],
    traps: [
      'iss ends in a slash; a comparison that strips it breaks, and discovery must not double it.',
      'The audience is one constant for all customers and all relying parties: a token seen by any of them can be replayed to another. Pin organizationId and environmentId and refuse replays.',
      'sub names the organization only, so a rule on sub trusts every project and environment in it.',
      'The login host serves people as well as deployments: require deploymentLogId to be present.',
    ],
    unverified: [
      'Signing algorithm (RS256 assumed).',
      'Whether custom claim names carry a prefix; Teleport reads them without one.',
      'Shape of sub.',
    ],
  },
}
