/**
 * The jobs of GitLab CI: a merge request gets the plan as a report, a merge applies the document. No
 * variable of the project holds a secret. A job cannot write a comment without a stored token, so the
 * merge request links the plan as an artifact.
 */
import type { WorkflowOptions } from './github.ts'
import { yamlText } from './yaml-text.ts'

export const GITLAB_JOBS = '.gitlab/edgemint.yml'

export const GITLAB_CI = [
  '# The jobs of edgemint. Add your own here.',
  'include:',
  `  - local: ${GITLAB_JOBS}`,
  '',
].join('\n')

export function renderGitlabJobs({ issuer, branch, environment }: WorkflowOptions): string {
  const before = [
    '  image: node:24-slim',
    '  id_tokens:',
    '    EDGEMINT_SUBJECT_TOKEN:',
    `      aud: ${issuer}`,
  ]
  const token = (scopes: readonly string[]) => [
    '    - npm ci --ignore-scripts',
    `    - npx edgemint token --url ${issuer} --resource ${issuer} ${scopes.map((scope) => `--scope ${scope}`).join(' ')} > admin.jwt`,
  ]
  return [
    '# A merge request gets the plan of its trust document. A merge applies the document.',
    'plan-trust:',
    ...before,
    '  rules:',
    '    - if: $CI_PIPELINE_SOURCE == "merge_request_event"',
    '      changes: [trust.yaml]',
    '  script:',
    ...token(['trust:read', 'trust:plan', 'decisions:read']),
    `    - npx edgemint validate trust.yaml --url ${issuer} --token-file admin.jwt`,
    '    # 4: changes are pending.',
    `    - npx edgemint plan trust.yaml --url ${issuer} --token-file admin.jwt --replay 30d --format markdown > plan.md || test $? -eq 4`,
    '  after_script:',
    '    - rm -f admin.jwt',
    '  artifacts:',
    '    expose_as: Plan of the trust document',
    '    paths: [plan.md]',
    '',
    `# Protect the environment ${environment}: only ${branch} may deploy to it, after an approval.`,
    'apply-trust:',
    ...before,
    `  environment: ${yamlText(environment)}`,
    '  resource_group: apply-trust',
    '  rules:',
    `    - if: $CI_COMMIT_BRANCH == "${branch}" && $CI_PIPELINE_SOURCE == "push"`,
    '      changes: [trust.yaml]',
    '  script:',
    ...token(['trust:read', 'trust:write']),
    `    - npx edgemint apply trust.yaml --url ${issuer} --token-file admin.jwt --message "$CI_PROJECT_PATH@$CI_COMMIT_SHA by $GITLAB_USER_LOGIN"`,
    '  after_script:',
    '    - rm -f admin.jwt',
    '',
  ].join('\n')
}
