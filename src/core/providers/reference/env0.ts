/** Reference data of `env0`. */
import type { ProviderReference } from '../reference.ts'
import { EMAIL, UUID } from './shape.ts'

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
    deployerEmail: 'Email of the person who started it.',
    env0Tag: 'Optional free tag.',
  },
  shapes: {
    organizationId: UUID,
    projectId: UUID,
    templateId: UUID,
    environmentId: UUID,
    deployerEmail: EMAIL,
  },
  guide: {
    tokenRequest: {
      summary: 'Enable it per organization or with an OIDC credential. The audience is fixed.',
      env: ['ENV0_OIDC_TOKEN'],
      command: null,
    },
    audience: 'issuer-fixed',
    lifetime: 'Not verified.',
    subjectFormats: ['one opaque value per organization, shown in the env zero UI'],
    traps: [
      'iss ends in a slash. Compare it with the slash, and do not add a second one for discovery.',
      'The audience is the same constant for all customers and relying parties, so a relying party can replay a token to another. Pin organizationId and environmentId, and refuse replays.',
      'sub identifies only the organization, so a rule on sub trusts every project and environment in it.',
      'The issuer also signs tokens of people. Require deploymentLogId to be present.',
    ],
    unverified: [
      'Signing algorithm (RS256 assumed).',
      'Whether custom claim names have a prefix. Teleport reads them without one.',
      'Form of sub.',
    ],
  },
}
