/**
 * The workflows of GitHub Actions: a pull request gets the plan as a comment, a merge applies the
 * document. Neither needs a stored secret. `examples/github-workflow` shows the same files.
 */
import { RELEASE } from '../../../protocol/release.ts'
import { yamlText } from './yaml-text.ts'

export type WorkflowOptions = {
  readonly issuer: string
  readonly branch: string
  readonly environment: string
}

/** An expression of a workflow, which GitHub replaces before the job runs. */
const expression = (text: string) => ['$', `{{ ${text} }}`].join('')

const CHECKOUT = [
  '      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0',
  '        with:',
  '          persist-credentials: false',
  '',
  '      - name: Install the locked version of edgemint',
  '        run: npm ci --ignore-scripts',
]

function exchange(name: string, issuer: string, scope: string): readonly string[] {
  return [
    `      - name: ${name}`,
    '        id: token',
    `        uses: edgemint/edgemint/action@v${RELEASE} # pin it by the commit hash of that tag`,
    '        with:',
    `          url: ${issuer}`,
    `          resource: ${issuer}`,
    `          scope: ${scope}`,
    '          output: file',
  ]
}

const TOKEN_FILE = `          TOKEN_FILE: ${expression('steps.token.outputs.file')}`

export function renderPlanWorkflow({ issuer }: WorkflowOptions): string {
  return [
    '# Comments on a pull request what its trust document would change, and who would gain or lose access.',
    '# The token of this job can only read.',
    'name: Plan trust',
    'on:',
    '  pull_request:',
    '    paths: [trust.yaml]',
    '',
    'permissions: {}',
    '',
    'concurrency:',
    `  group: plan-trust-${expression('github.event.number')}`,
    '  cancel-in-progress: true',
    '',
    'jobs:',
    '  plan:',
    '    # GitHub gives no token to a pull request of a fork.',
    '    if: github.event.pull_request.head.repo.full_name == github.repository',
    '    runs-on: ubuntu-latest',
    '    permissions:',
    '      contents: read',
    '      id-token: write',
    '      pull-requests: write',
    '    steps:',
    ...CHECKOUT,
    '',
    ...exchange('Token that can read', issuer, 'trust:read trust:plan decisions:read'),
    '',
    '      - name: Plan',
    '        env:',
    TOKEN_FILE,
    '        # 4: changes are pending.',
    '        run: |',
    `          npx edgemint validate trust.yaml --url ${issuer} --token-file "$TOKEN_FILE"`,
    `          npx edgemint plan trust.yaml --url ${issuer} --token-file "$TOKEN_FILE" \\`,
    '            --replay 30d --format markdown > plan.md || test $? -eq 4',
    '',
    '      - name: Comment',
    '        env:',
    `          GH_TOKEN: ${expression('github.token')}`,
    `          PULL_REQUEST: ${expression('github.event.number')}`,
    '        run: gh pr comment "$PULL_REQUEST" --body-file plan.md --edit-last --create-if-none',
    '',
  ].join('\n')
}

export function renderApplyWorkflow({ issuer, branch, environment }: WorkflowOptions): string {
  return [
    `# Applies the trust document of the ${branch} branch. Protect the environment \`${environment}\`: only this branch may use`,
    '# it, and only after a review.',
    'name: Apply trust',
    'on:',
    '  push:',
    `    branches: [${yamlText(branch)}]`,
    '    paths: [trust.yaml]',
    '',
    'permissions: {}',
    '',
    'concurrency:',
    '  group: apply-trust',
    '',
    'jobs:',
    '  apply:',
    '    runs-on: ubuntu-latest',
    `    environment: ${yamlText(environment)}`,
    '    permissions:',
    '      contents: read',
    '      id-token: write',
    '    steps:',
    ...CHECKOUT,
    '',
    ...exchange('Token that can write', issuer, 'trust:read trust:write'),
    '',
    '      - name: Apply',
    '        env:',
    TOKEN_FILE,
    '        run: |',
    `          npx edgemint apply trust.yaml --url ${issuer} --token-file "$TOKEN_FILE" \\`,
    '            --message "$GITHUB_REPOSITORY@$GITHUB_SHA by $GITHUB_ACTOR"',
    '',
  ].join('\n')
}
