import { describe, expect, it } from 'vitest'
import { PROBE_NAMES, probeRule, runProbes } from '../../../src/analysis/probes/probes.ts'
import { evaluateClaims } from '../../../src/core/policy/explain/evaluate-claims.ts'
import {
  API,
  AT,
  type Change,
  compileOrCodes,
  documentOf,
  PLATFORMS,
  type PlatformName,
} from '../lint/support/documents.ts'

function trustOf(platform: PlatformName, change: Change = {}) {
  const trust = compileOrCodes(documentOf(platform, change))
  if (!('rules' in trust)) throw new Error(trust.join())
  const [rule] = trust.rules
  if (rule === undefined) throw new Error('no rule')
  return { trust, rule }
}

const hitsOf = (platform: PlatformName, change: Change) => {
  const { trust, rule } = trustOf(platform, change)
  return probeRule(trust, rule, AT).map(({ probe }) => probe)
}

const UUID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
const READ = { grant: { scopes: ['deploy:read'] } }
const BY_NAME = { repository: 'acme/app' }

/** A careless rule, and the hostile identities that it accepts. */
const CARELESS: readonly (readonly [string, PlatformName, Change, readonly string[]])[] = [
  [
    'RULE-17 names alone',
    'github',
    { when: { repository_id: undefined, repository_owner_id: undefined, ...BY_NAME } },
    ['github-same-names-other-ids'],
  ],
  [
    'RULE-13 an enterprise and a workflow',
    'github',
    {
      only: {
        enterprise_id: ['9', '66600003'],
        job_workflow_ref: 'acme/d/.github/workflows/d.yml@refs/heads/main',
      },
    },
    ['github-trusted-workflow-called-by-stranger'],
  ],
  [
    'RULE-15 no event',
    'github',
    { when: { event_name: undefined } },
    ['github-pull-request-target', 'github-workflow-run', 'github-issue-comment'],
  ],
  [
    'RULE-16 an environment on any branch',
    'github',
    { when: { ref: undefined } },
    ['github-branch', 'github-branch-named-like-a-ref', 'github-environment-on-branch'],
  ],
  [
    'RULE-12 a workflow at any ref',
    'github',
    {
      when: {
        ref: undefined,
        environment: undefined,
        workflow_ref: { glob: 'acme/app/.github/workflows/deploy.yml@**' },
      },
      grant: { subject: 'x' },
    },
    ['github-branch', 'github-branch-named-like-a-ref'],
  ],
  [
    'a pull request',
    'github',
    { when: { ref: undefined, event_name: ['push', 'pull_request'] } },
    ['github-pull-request'],
  ],
  [
    'a star after the name of a repository',
    'github',
    { when: { repository_id: undefined, repository: { glob: 'acme/app*' } } },
    ['github-longer-repository'],
  ],
  [
    'an unprotected branch',
    'gitlab',
    { when: { ref_protected: undefined } },
    ['gitlab-unprotected-ref'],
  ],
  [
    'a merge request',
    'gitlab',
    { when: { ref_protected: undefined, pipeline_source: undefined } },
    ['gitlab-unprotected-ref', 'gitlab-merge-request'],
  ],
  [
    'a path alone',
    'gitlab',
    { when: { project_id: undefined, namespace_id: undefined, project_path: 'acme/app' } },
    ['gitlab-same-path-other-ids'],
  ],
  [
    'every project below a group',
    'gitlab',
    { when: { project_id: undefined, project_path: { glob: 'acme/**' } } },
    ['gitlab-longer-project', 'gitlab-subgroup'],
  ],
  ['any phase', 'terraform', { when: { terraform_run_phase: undefined } }, ['terraform-plan']],
  [
    'names alone',
    'terraform',
    {
      only: {
        terraform_organization_name: 'acme',
        terraform_workspace_name: 'app',
        terraform_run_phase: 'apply',
      },
    },
    ['terraform-same-names-other-ids'],
  ],
  [
    'RULE-04 a star across fields',
    'circleci',
    {
      only: {
        sub: {
          glob: `org/${UUID}/project/${UUID}/**/vcs-origin/github.com/acme/*/vcs-ref/refs/heads/main`,
        },
        'oidc.circleci.com/ssh-rerun': false,
      },
    },
    ['circleci-branch-with-fields'],
  ],
  [
    'forks and reruns',
    'circleci',
    { only: { 'oidc.circleci.com/project-id': UUID } },
    ['circleci-fork', 'circleci-branch-with-fields', 'circleci-rerun-with-shell'],
  ],
  [
    'slugs alone',
    'buildkite',
    { only: { organization_slug: 'acme', pipeline_slug: 'app', build_branch: 'main' } },
    ['buildkite-same-slugs-other-ids'],
  ],
  [
    'an account by its name alone',
    'cluster',
    { only: { 'kubernetes.io.serviceaccount.name': 'deploy' } },
    ['kubernetes-other-namespace', 'kubernetes-longer-namespace'],
  ],
  [
    'any account of a namespace',
    'cluster',
    { only: { 'kubernetes.io.namespace': 'prod' } },
    ['kubernetes-default-account'],
  ],
  [
    'any trust domain',
    'spiffe',
    { only: { sub: { glob: 'spiffe://*/ns/prod/sa/deploy' } } },
    ['spiffe-other-trust-domain'],
  ],
  [
    'a whole trust domain',
    'spiffe',
    { only: { sub: { glob: 'spiffe://acme.dev/**' } } },
    ['spiffe-sibling-path', 'spiffe-longer-path'],
  ],
  [
    'any account',
    'aws',
    { only: { sub: { glob: 'arn:aws:iam::*:role/deploy' } } },
    ['aws-other-account'],
  ],
  [
    'any role',
    'aws',
    { only: { sub: { glob: 'arn:aws:iam::123456789012:role/**' } } },
    ['aws-other-path'],
  ],
  [
    'two machines, one of them foreign',
    'google',
    { only: { 'google.compute_engine.instance_id': ['7', '666'] } },
    ['google-other-account'],
  ],
  [
    'RULE-23 an address that need not be verified',
    'google',
    { only: { 'google.compute_engine.instance_id': '7', email: 'a@acme.iam.gserviceaccount.com' } },
    ['google-unverified-email'],
  ],
]

describe('probes', () => {
  it('all run against careful rules, which accept none of them', () => {
    const ran = new Set<string>()
    const changes: readonly (readonly [PlatformName, Change])[] = [
      ...PLATFORMS.map((platform) => [platform, {}] as const),
      ['github', { when: { ...BY_NAME, workflow: 'kit' } }],
      ['gitlab', { when: { project_path: 'acme/app' } }],
    ]
    for (const [platform, change] of changes) {
      const { trust, rule } = trustOf(platform, change)
      for (const { probe } of runProbes(trust, rule, AT)) ran.add(probe)
      expect(probeRule(trust, rule, AT)).toEqual([])
    }
    expect(PROBE_NAMES.filter((name) => !ran.has(name))).toEqual([])
    expect(new Set(PROBE_NAMES).size).toBe(PROBE_NAMES.length)
  })

  it.each(CARELESS)(
    'find the identities that a careless rule accepts: %s (%s)',
    (_, platform, change, expected) => {
      expect(hitsOf(platform, change)).toEqual(expect.arrayContaining([...expected]))
    },
  )

  it('report an identity that the evaluator accepts', () => {
    const { trust, rule } = trustOf('github', { when: { event_name: undefined } })
    for (const { identity } of probeRule(trust, rule, AT)) {
      const request = { resource: API, scopes: undefined, rule: undefined }
      const decision = evaluateClaims(trust, { issuer: 'ci', claims: identity }, request, AT)
      expect(decision).toMatchObject({ kind: 'granted', rule: 'deploy' })
    }
  })

  it('have a lower severity for a run of the own project if the rule can only read', () => {
    const open = { when: { event_name: undefined } }
    const severities = (change: Change) => {
      const { trust, rule } = trustOf('github', change)
      return new Set(probeRule(trust, rule, AT).map(({ severity }) => severity))
    }
    expect(severities(open)).toEqual(new Set(['error']))
    expect(severities({ ...open, ...READ })).toEqual(new Set(['info']))
  })

  it('run on the runners of a self-managed instance', () => {
    const open = { when: { pipeline_source: undefined, ref_protected: undefined } }
    const condition = 'size(claims.runner_environment) == 11'
    expect(hitsOf('gitlabOwn', { ...open, rule: { condition } })).toEqual(hitsOf('gitlabOwn', open))
    expect(hitsOf('gitlabOwn', open)).not.toEqual([])
  })

  it('apply deny rules', () => {
    const deny = {
      name: 'never-from-outside',
      effect: 'deny',
      from: 'ci',
      when: { event_name: ['pull_request_target', 'workflow_run', 'issue_comment'] },
    }
    expect(hitsOf('github', { when: { event_name: undefined }, more: [deny] })).toEqual([])
  })

  it('RULE-02 RULE-03 RULE-08 RULE-09 disguise every claim that a rule reads', () => {
    const { trust, rule } = trustOf('github', { when: { workflow: 'kit' } })
    const runs = runProbes(trust, rule, AT).filter(({ probe }) => probe.startsWith('claim-'))
    for (const { claim } of rule.conditions) {
      expect(
        runs.some(({ probe, hit }) => probe === 'claim-missing' && hit.why.endsWith(claim)),
      ).toBe(true)
    }
    expect(runs.every(({ isLetIn }) => !isLetIn)).toBe(true)
  })
})
