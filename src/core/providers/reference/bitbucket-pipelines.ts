/** Reference data of `bitbucket-pipelines`. */
import type { ProviderReference } from '../reference.ts'
import { SHORT_REF, starting } from './shape.ts'

export const bitbucketPipelinesReference: ProviderReference = {
  contact: 'https://jira.atlassian.com/projects/BCLOUD/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/keys.json',
  sources: { claims: 'gravitational/teleport: lib/bitbucket/bitbucket.go' },
  claims: {
    workspaceUuid: 'Workspace UUID wrapped in braces.',
    repositoryUuid: 'Repository UUID wrapped in braces.',
    pipelineUuid: 'Pipeline UUID wrapped in braces.',
    stepUuid: 'Step UUID wrapped in braces; new on every run.',
    deploymentEnvironmentUuid:
      'Deployment environment UUID wrapped in braces; only for deployment steps.',
    branchName: 'Branch of the run; some relying parties report that it is missing.',
    accountUuid: 'Account UUID wrapped in braces (seen in an emulator).',
  },
  shapes: {
    workspaceUuid: starting('a UUID in braces', '{'),
    repositoryUuid: starting('a UUID in braces', '{'),
    deploymentEnvironmentUuid: starting('a UUID in braces', '{'),
    branchName: SHORT_REF,
  },
  guide: {
    tokenRequest: {
      summary:
        'Step sets oidc: true; the token is in a variable. A custom audience goes in the oidc block of the step.',
      env: ['BITBUCKET_STEP_OIDC_TOKEN'],
      command: null,
    },
    audience: 'issuer-fixed by default; a step can set its own audience in newer releases',
    lifetime: '3600 s (from an emulator, not from vendor docs).',
    subjectFormats: [
      '{repositoryUuid}:{stepUuid}',
      '{repositoryUuid}:{deploymentEnvironmentUuid}:{stepUuid} for deployment steps',
    ],
    traps: [
      'sub ends in a step UUID that changes on every run, so it can never be matched exactly and is useless as a stable principal: use repositoryUuid.',
      'UUIDs carry their braces; a bare UUID does not match.',
      'The discovery document exists only after OIDC was enabled and one pipeline ran.',
      'Branch restrictions belong on deploymentEnvironmentUuid with a branch-restricted environment; branchName is not dependable.',
      'The workspace slug in iss is a name; the default audience carries the UUID. If a custom audience is used, pin workspaceUuid or repositoryUuid.',
      'The fixed default audience is shared by all relying parties of the workspace, so any of them can replay the token.',
    ],
    unverified: [
      'Signing algorithm (RS256 assumed).',
      'Lifetime.',
      'Presence of branchName in every token.',
    ],
  },
}
