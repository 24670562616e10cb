/** Tests of LINT-37 and LINT-30: values that no token of the platform has. */
import { describe, expect, it } from 'vitest'
import { findMismatch } from '../../../../src/analysis/lint/fits-shape.ts'
import { MAX_CLAIM_CHARACTERS } from '../../../../src/core/limits.ts'
import { findProvider } from '../../../../src/core/providers/index.ts'
import { findReference, listReferences } from '../../../../src/core/providers/references.ts'
import { exampleOf } from '../../../core/policy/support/provider-examples.ts'
import { type Change, documentOf, findingsOf, type PlatformName } from '../support/documents.ts'

const UUID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
const COMMIT = '4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192'

function findings(id: string, platform: PlatformName, change: Change) {
  return findingsOf(documentOf(platform, change)).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    // The careful rule has conditions on some claims of the expressions: see `never.test.ts`.
    const isContradiction = one.message.startsWith('no token meets all comparisons')
    return one.lint === id && !isContradiction ? [one] : []
  })
}

const inExpression = (claim: string, value: unknown): Change => {
  const path = claim.includes('/') ? `claims[${JSON.stringify(claim)}]` : `claims.${claim}`
  return { rule: { condition: `${path} == ${JSON.stringify(value)}` } }
}

const NEVER: readonly (readonly [PlatformName, string, string])[] = [
  ['github', 'environment', ' production'],
  ['github', 'environment', 'production '],
  ['github', 'environment', 'production\u00a0'],
  ['github', 'environment', '/production'],
  ['github', 'repository_owner_id', '4411 '],
  ['github', 'repository_owner_id', 'acme'],
  ['github', 'repository_id', '0x1f'],
  ['github', 'repository', 'api'],
  ['github', 'repository', 'github.com/acme/api'],
  ['github', 'repository', 'https://github.com/acme/api'],
  ['github', 'repository', 'acme/'],
  ['github', 'repository_owner', 'acme/api'],
  ['github', 'ref', 'main'],
  ['github', 'ref', 'refs/heads/'],
  ['github', 'ref', 'refs/head/main'],
  ['github', 'ref', 'Refs/heads/main'],
  ['github', 'base_ref', 'refs/heads/main'],
  ['github', 'ref_type', 'Branch'],
  ['github', 'ref_protected', 'yes'],
  ['github', 'event_name', 'pull-request'],
  ['github', 'event_name', 'Push'],
  ['github', 'event_name', 'push, workflow_dispatch'],
  ['github', 'event_name', 'push|schedule'],
  ['github', 'event_name', 'psuh'],
  ['github', 'event_name', 'workflow_dispach'],
  ['gitlab', 'pipeline_source', 'shedule'],
  ['github', 'runner_environment', 'self_hosted'],
  ['gitlabOwn', 'runner_environment', 'gitlab-hosted'],
  ['github', 'repository_visibility', 'Private'],
  ['github', 'sha', '4f1c2d3'],
  ['github', 'job_workflow_ref', 'deploy.yml@refs/heads/main'],
  ['github', 'job_workflow_ref', 'acme/api/.github/workflows/deploy.yml'],
  ['github', 'repository', 'acme/api.git'],
  ['github', 'repository', '@acme/api'],
  ['github', 'repository', 'acme/my api'],
  ['github', 'repository_owner', '@acme'],
  ['github', 'repository_id', '0456789012'],
  ['github', 'actor', '@octocat'],
  ['gitlab', 'ref_path', 'main'],
  ['gitlab', 'ref', 'refs/heads/main'],
  ['gitlab', 'project_id', 'acme/api'],
  ['gitlab', 'project_path', 'api'],
  ['gitlab', 'ref_protected', 'True'],
  ['gitlab', 'pipeline_source', 'merge-request-event'],
  ['gitlab', 'deployment_tier', 'prod'],
  ['gitlab', 'sub', 'repo:acme/api:ref:main'],
  ['gitlab', 'project_path', 'acme/api.git'],
  ['gitlab', 'namespace_path', 'acme platform'],
  ['gitlab', 'user_login', '@alice'],
  ['terraform', 'terraform_run_phase', 'Apply'],
  ['terraform', 'terraform_workspace_id', 'prod'],
  ['circleci', 'oidc.circleci.com/project-id', 'acme/api'],
  ['circleci', 'oidc.circleci.com/vcs-ref', 'main'],
  ['buildkite', 'pipeline_id', UUID.toUpperCase()],
  ['cluster', 'sub', 'system:serviceaccount:prod'],
  ['cluster', 'sub', 'serviceaccount:prod:deploy'],
  ['cluster', 'sub', 'system:serviceaccount:Prod:deploy'],
  ['spiffe', 'sub', 'acme.dev/deploy'],
  ['spiffe', 'sub', 'spiffe://acme.dev'],
  ['aws', 'sub', 'role/deploy'],
  ['entra', 'tid', UUID.toUpperCase()],
  ['google', 'sub', 'deployer@acme.iam.gserviceaccount.com'],
  ['generic', 'team', 'platform '],
]

const MAY_BE: readonly (readonly [PlatformName, string, string])[] = [
  ['github', 'environment', 'prod/eu west'],
  ['github', 'repository', 'Acme/api.js'],
  ['github', 'ref', 'refs/pull/1/merge'],
  ['github', 'event_name', 'an_event_of_tomorrow'],
  ['github', 'event_name', 'watch'],
  ['github', 'actor', 'dependabot[bot]'],
  ['github', 'actor', 'octocat_acme'],
  ['github', 'repository', 'acme/.github'],
  ['github', 'repository', 'acme/digits-2.git-tools'],
  ['github', 'sub', 'repository_owner:acme:environment:production'],
  ['github', 'sha', COMMIT],
  ['github', 'workflow', 'Deploy  all'],
  ['gitlab', 'ref', 'feature/main'],
  ['gitlab', 'project_path', 'acme/platform/api'],
  ['gitlab', 'user_login', 'project_1_bot_4ffca233d8298ea1'],
  ['cluster', 'sub', 'system:serviceaccount:prod:my.deploy-1'],
  ['gitlab', 'environment', 'review/main'],
  ['terraform', 'terraform_project_name', 'Default Project'],
  ['buildkite', 'build_branch', 'refs/heads/main'],
  ['generic', 'team', 'any: /thing/'],
]

describe('LINT-37', () => {
  it.each(NEVER)(
    'reports that on %s, %s is never %j, in a condition and in an expression',
    (platform, claim, value) => {
      const places = (change: Change) =>
        findings('LINT-37', platform, change).map(({ path }) => path)
      expect(places({ when: { [claim]: value } })).toEqual([['rules', 0, 'when', claim]])
      expect(places(inExpression(claim, value))).toEqual([['rules', 0, 'condition']])
    },
  )

  it.each(MAY_BE)('accepts that on %s, %s may be %j', (platform, claim, value) => {
    expect(findings('LINT-37', platform, { when: { [claim]: value } })).toEqual([])
    expect(findings('LINT-37', platform, inExpression(claim, value))).toEqual([])
  })

  it.each([
    ['github', 'ref', 'refs/heads/*'],
    ['github', 'ref', 'refs/tags/v*'],
    ['github', 'repository', 'acme/*'],
    ['github', 'environment', '*'],
    ['github', 'sub', 'repo:acme/api:*'],
    ['gitlab', 'ref', 'release-*'],
    ['cluster', 'sub', 'system:serviceaccount:prod:*'],
    ['generic', 'sub', 'team:*'],
  ] as const)(
    'reports a glob that is compared as a value: on %s, %s: %s',
    (platform, claim, value) => {
      const message = expect.stringContaining('is a wildcard only in a glob')
      const found = (change: Change) => findings('LINT-37', platform, change)
      expect(found({ when: { [claim]: value } })).toMatchObject([{ severity: 'warn', message }])
      expect(found(inExpression(claim, value))).toMatchObject([{ severity: 'warn', message }])
      expect(found({ when: { [claim]: { not: value } } })).toMatchObject([
        { severity: 'error', message },
      ])
      const deny = { name: 'never', effect: 'deny', from: 'ci', when: { [claim]: value } }
      expect(found({ more: [deny] })).toMatchObject([{ severity: 'error', message }])
    },
  )

  it.each([
    { team: '*' },
    { permissions: { contains: 'deploy:*' } },
    { team: { glob: 'platform-*' } },
  ])('leaves a star alone that may be a value or is a wildcard: %j', (when) => {
    expect(findings('LINT-37', 'generic', { when })).toEqual([])
  })

  it.each([
    ['ref', 'main*'],
    ['ref', '*'],
    ['ref_type', 'Br*'],
    ['repository', 'acme*'],
    ['repository', 'acme/api/**'],
    ['repository_id', '81a*'],
    ['environment', ' prod*'],
    ['runner_environment', '*_hosted'],
    ['repository', 'acme/ap?'],
    ['repository', 'acme/{api,web}'],
  ])('judges a pattern by what it can match: %s %s', (claim, glob) => {
    const wide = claim === 'ref' && glob === '*'
    expect(findings('LINT-37', 'github', { when: { [claim]: { glob } } }).length).toBe(wide ? 0 : 1)
  })

  it.each([
    ['ref', 'refs/heads/*'],
    ['ref', 'r**'],
    ['ref_type', 'bran*'],
    ['repository', 'acme/*'],
    ['repository', '**'],
    ['repository_id', '81*'],
    ['event_name', 'pull-*'],
    ['job_workflow_ref', 'acme/d/.github/workflows/d.yml@**'],
  ])('leaves a pattern alone that can match: %s %s', (claim, glob) => {
    expect(findings('LINT-37', 'github', { when: { [claim]: { glob } } })).toEqual([])
  })

  it('is an error if the value is in an exclusion or in a deny rule', () => {
    const [excluded] = findings('LINT-37', 'github', { when: { ref: { not: 'main' } } })
    expect(excluded).toMatchObject({ severity: 'error' })
    expect(excluded?.message).toContain('so it excludes no token')
    const deny = { name: 'never', effect: 'deny', from: 'ci', when: { ref: 'main' } }
    const [denied] = findings('LINT-37', 'github', { more: [deny] })
    expect(denied).toMatchObject({ severity: 'error', path: ['rules', 1, 'when', 'ref'] })
    expect(denied?.message).toContain('so this rule denies nothing')
    expect(findings('LINT-37', 'github', { when: { ref: 'main' } })[0]?.severity).toBe('warn')
    const condition = 'claims.workflow.lowerAscii() != "DEPLOY"'
    const [folded] = findings('LINT-37', 'github', { rule: { condition } })
    expect(folded).toMatchObject({ severity: 'error', path: ['rules', 0, 'condition'] })
  })

  it.each([
    ['claims.workflow == ""', 'an empty claim counts as absent'],
    [
      `claims.workflow == "${'x'.repeat(MAX_CLAIM_CHARACTERS + 1)}"`,
      `it has more than ${MAX_CLAIM_CHARACTERS} characters`,
    ],
    ['claims.repositry == "acme/app"', 'did you mean "repository"?'],
    ['claims["kubernetes.io"].namespace == "x"', 'unknown claim "'],
    ['claims.workflow.lowerAscii() == "Deploy"', 'changes the case of its letters'],
    ['claims.workflow.lowerAscii() in ["DEPLOY"]', 'changes the case of its letters'],
    ['claims.workflow.upperAscii().startsWith("deploy")', 'changes the case of its letters'],
    ['!(claims.ref in ["main"])', 'so it excludes no token'],
    ['claims.ref.startsWith("main")', 'a full ref, such as refs/heads/main'],
  ])('says of an expression why: %s', (condition, reason) => {
    const found = findings('LINT-37', 'github', { rule: { condition } })
    expect(found.map(({ path }) => path)).toEqual([['rules', 0, 'condition']])
    expect(found[0]?.message).toContain(reason)
  })

  it.each([
    'claims.workflow != ""',
    'has(claims.workflow)',
    'claims.repo_property_tier == "1"',
    'claims.workflow.startsWith("deploy ")',
    'claims.environment.lowerAscii() == "production"',
    'claims.environment.upperAscii() == "PRODUCTION-1"',
  ])('leaves alone: %s', (condition) => {
    expect(findings('LINT-37', 'github', { rule: { condition } })).toEqual([])
  })

  it('reports a space at the end of an audience', () => {
    const [found] = findings('LINT-37', 'github', { issuer: { audience: 'https://sts.acme.dev ' } })
    expect(found).toMatchObject({ path: ['issuers', 'ci', 'audience'], rule: undefined })
  })
})

describe('the fixed forms of claims', () => {
  const listed = listReferences().flatMap((id) =>
    Object.entries(findReference(id)?.shapes ?? {}).map(([claim, shape]) => ({ id, claim, shape })),
  )

  it.each(listed)(
    'include $claim of $id, which is a claim of the profile and matches its example',
    (row) => {
      const profile = findProvider(row.id)
      const known = profile?.claims?.find(({ path }) => path.join('.') === row.claim)
      expect(known).toBeDefined()
      const example = known?.path.reduce<unknown>(
        (value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name],
        exampleOf(row.id),
      )
      if (typeof example !== 'string' || example === '') return
      expect(findMismatch(row.shape, example, false)).toBeUndefined()
    },
  )
})

describe('LINT-30 in an expression', () => {
  it.each([
    ['github', 'claims.repository_id == 8123456'],
    ['github', 'claims.ref_protected == true'],
    ['github', 'claims.ref_protected && claims.actor == "octocat"'],
    ['github', 'claims.repository_id in ["1", 2]'],
    ['github', '"push" in claims.event_name'],
    ['gitlab', 'claims.runner_id == "1"'],
    ['gitlab', 'claims.runner_id.startsWith("1")'],
    ['circleci', 'claims["oidc.circleci.com/ssh-rerun"] == "false"'],
  ] as const)('%s: %s can never hold', (platform, condition) => {
    const [found] = findings('LINT-30', platform, { rule: { condition } })
    expect(found).toMatchObject({ severity: 'error', path: ['rules', 0, 'condition'] })
    expect(found?.message).toContain('this can never hold')
  })

  it('says that an exclusion of another type excludes no token', () => {
    const [found] = findings('LINT-30', 'gitlab', {
      rule: { condition: 'claims.ref_protected != true' },
    })
    expect(found?.message).toContain('this excludes no token')
  })

  it.each([
    ['github', 'claims.repository_id == "8123456"'],
    ['github', 'int(claims.repository_id) == 8123456'],
    ['gitlab', '"acme" in claims.groups_direct'],
    ['gitlab', 'claims.groups_direct[0] == "acme"'],
    ['gitlab', 'claims.runner_id == 1'],
    ['generic', 'claims.level == 1'],
  ] as const)('%s: %s is of the right type', (platform, condition) => {
    expect(findings('LINT-30', platform, { rule: { condition } })).toEqual([])
  })
})
