/** Reference data of `circleci`. */
import type { ProviderReference } from '../reference.ts'
import { FULL_REF, HOSTED_REPOSITORY, starting, UUID } from './shape.ts'

export const circleciReference: ProviderReference = {
  contact: 'https://github.com/circleci/circleci-docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: {
    lifetime:
      'circleci/circleci-docs: docs/guides/modules/permissions-authentication/pages/openid-connect-tokens.adoc',
    claims:
      'circleci/circleci-docs: docs/guides/modules/permissions-authentication/pages/openid-connect-tokens.adoc',
    job: 'circleci/circleci-docs: docs/guides/modules/permissions-authentication/pages/openid-connect-tokens.adoc',
  },
  claims: {
    'oidc.circleci.com/org-id': 'Organization UUID.',
    'oidc.circleci.com/project-id': 'Project UUID.',
    'oidc.circleci.com/pipeline-definition-id': 'UUID of the pipeline definition.',
    'oidc.circleci.com/pipeline-id': 'Pipeline UUID.',
    'oidc.circleci.com/workflow-id': 'Workflow UUID.',
    'oidc.circleci.com/job-id': 'Job UUID.',
    'oidc.circleci.com/context-ids': 'UUIDs of the contexts used in the job.',
    'oidc.circleci.com/ssh-rerun': 'True when a person re-ran the job with SSH access.',
    'oidc.circleci.com/vcs-origin':
      'Repository of the change, for example github.com/acme/api; absent for custom webhooks.',
    'oidc.circleci.com/vcs-ref': 'Ref of the change; absent for custom webhooks.',
  },
  shapes: {
    'oidc.circleci.com/pipeline-id': UUID,
    'oidc.circleci.com/workflow-id': UUID,
    'oidc.circleci.com/job-id': UUID,
    'oidc.circleci.com/context-ids': UUID,
    'oidc.circleci.com/vcs-origin': HOSTED_REPOSITORY,
    sub: starting('a text that begins with org/', 'org/'),
    'oidc.circleci.com/org-id': UUID,
    'oidc.circleci.com/project-id': UUID,
    'oidc.circleci.com/pipeline-definition-id': UUID,
    'oidc.circleci.com/vcs-ref': FULL_REF,
  },
  guide: {
    tokenRequest: {
      summary:
        'Two variables contain tokens with the fixed audience. Another audience needs the CLI in the job.',
      env: ['CIRCLE_OIDC_TOKEN', 'CIRCLE_OIDC_TOKEN_V2'],
      command:
        'circleci run oidc get --claims \'{"aud": "https://sts.example.com"}\' [--root-issuer]',
    },
    audience: 'workload (only with the CLI)',
    lifetime: '3600 s.',
    subjectFormats: [
      'org/{organization_id}/project/{project_id}/user/{user_id} (CIRCLE_OIDC_TOKEN, and V2 for custom webhooks)',
      'org/{organization_id}/project/{project_id}/user/{user_id}/vcs-origin/{origin}/vcs-ref/{ref} (CIRCLE_OIDC_TOKEN_V2)',
    ],
    traps: [
      'The job can request an iss without the organization with --root-issuer. A rule for https://oidc.circleci.com must pin org-id. The issuer of an organization already identifies it.',
      'Forks get tokens only if the project passes secrets to fork builds. Then check vcs-origin, because project-id is that of the parent.',
      'If ssh-rerun is true, a person had a shell in the job. Refuse such tokens. It is a JSON boolean. Fulcio advises against trusting the runner environment in that case.',
      'vcs-origin and vcs-ref are absent for custom webhook triggers. A rule that names them must not match then.',
      'sub contains the id of a user. An exact match of sub breaks with another user, and a wildcard matches too much. Match project-id.',
      'Claim names contain dots and slashes.',
      'There is no jti, so replay protection must use a hash of the token.',
      'The default audience is the organization UUID, the same for every relying party of that organization.',
    ],
    unverified: ['Issuer of CircleCI Server installations.'],
  },
}
