/** Reference data of `bitbucket-pipelines`. */
import type { ProviderReference } from '../reference.ts'
import { SHORT_REF, type Shape } from './shape.ts'

const BRACED_UUID: Shape = {
  kind: 'characters',
  one: /^[0-9a-f{}-]$/,
  whole: /^\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/,
  is: 'a UUID in braces, in lower case',
}

export const bitbucketPipelinesReference: ProviderReference = {
  contact: 'https://jira.atlassian.com/projects/BCLOUD/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/keys.json',
  sources: {
    claims: 'gravitational/teleport: lib/bitbucket/bitbucket.go',
    job: 'gravitational/teleport: lib/bitbucket/bitbucket.go',
  },
  claims: {
    workspaceUuid: 'Workspace UUID in braces.',
    repositoryUuid: 'Repository UUID in braces.',
    pipelineUuid: 'Pipeline UUID in braces.',
    stepUuid: 'Step UUID in braces; new on every run.',
    deploymentEnvironmentUuid: 'Deployment environment UUID in braces; only for deployment steps.',
    branchName: 'Branch of the run. Some relying parties report that it can be missing.',
    accountUuid: 'Account UUID in braces (observed in an emulator).',
  },
  shapes: {
    sub: {
      kind: 'characters',
      one: /^[0-9a-f:{}-]$/,
      whole: /^\{[0-9a-f-]{36}\}(?::\{[0-9a-f-]{36}\}){1,2}$/,
      is: 'two or three UUIDs in braces with a colon between them',
    },
    workspaceUuid: BRACED_UUID,
    repositoryUuid: BRACED_UUID,
    deploymentEnvironmentUuid: BRACED_UUID,
    pipelineUuid: BRACED_UUID,
    stepUuid: BRACED_UUID,
    accountUuid: BRACED_UUID,
    branchName: SHORT_REF,
  },
  guide: {
    tokenRequest: {
      summary:
        'The step sets oidc: true, and the token is in a variable. The oidc block of the step can set an audience.',
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
      'sub ends in a step UUID that changes on every run, so it cannot be matched exactly. Match repositoryUuid instead.',
      'UUIDs include their braces. A UUID without braces does not match.',
      'The discovery document exists only after OIDC was enabled and a pipeline has run.',
      'To restrict branches, match deploymentEnvironmentUuid of a branch-restricted environment. branchName is not reliable.',
      'The workspace slug in iss is a name. The default audience contains the UUID. With a custom audience, pin workspaceUuid or repositoryUuid.',
      'All relying parties of the workspace accept the same default audience, so any of them can replay the token.',
    ],
    unverified: [
      'Signing algorithm (RS256 assumed).',
      'Lifetime.',
      'Presence of branchName in every token.',
    ],
  },
}
