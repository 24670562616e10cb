/** Hostile identities of GitHub Actions and of platforms with the same claims. */

import type { Rule } from '../../core/policy/compile/compiled.ts'
import type { ProviderProfile } from '../../core/providers/profile.ts'
import type { JsonObject } from '../../web/json.ts'
import { type Probe, type ProbeFamily, textAt } from './probe.ts'

const FOREIGN_IDS = {
  repository_id: '66600001',
  repository_owner_id: '66600002',
  enterprise_id: '66600003',
  enterprise: 'evil',
}

const WORKFLOW = '.github/workflows/deploy.yml@refs/heads/main'

/** The owner and the repository name from the conditions of the rule. */
function findNames({ conditions }: Rule): readonly [string, string] {
  for (const { path, test } of conditions) {
    const text =
      test.kind === 'any_of'
        ? String(test.values[0])
        : test.kind === 'glob'
          ? test.pattern.source.replaceAll(/\*+/g, 'x')
          : ''
    const project = path[0] === 'sub' ? text.split(':')[1]?.replaceAll(/@\d+/g, '') : text
    const [owner, name] = project?.split('/') ?? []
    if (path[0] === 'repository_owner' && owner !== undefined) return [owner, 'app']
    if (path[0] !== 'sub' && path[0] !== 'repository') continue
    if (owner !== undefined && name !== undefined) return [owner, name]
  }
  return ['acme', 'app']
}

function usualClaims(rule: Rule): JsonObject {
  const [owner, name] = findNames(rule)
  return {
    sub: `repo:${owner}/${name}:ref:refs/heads/main`,
    repository: `${owner}/${name}`,
    repository_owner: owner,
    repository_id: '8123456',
    repository_owner_id: '4411',
    repository_visibility: 'private',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    ref_protected: 'true',
    event_name: 'push',
    actor: 'octocat',
    actor_id: '583231',
    workflow_ref: `${owner}/${name}/${WORKFLOW}`,
    job_workflow_ref: `${owner}/${name}/${WORKFLOW}`,
    runner_environment: 'github-hosted',
  }
}

/** A run of another repository, with the subject format that the rule uses. */
function asRepository(example: JsonObject, owner: string, name: string): JsonObject {
  const { repository_id: id, repository_owner_id: ownerId } = FOREIGN_IDS
  const subject = textAt(example, 'sub')
  const [, project = '', ...context] = subject.split(':')
  const named = project.includes('@') ? `${owner}@${ownerId}/${name}@${id}` : `${owner}/${name}`
  return {
    ...example,
    ...FOREIGN_IDS,
    sub: ['repo', named, ...context].join(':'),
    repository: `${owner}/${name}`,
    repository_owner: owner,
    workflow_ref: `${owner}/${name}/${WORKFLOW}`,
    job_workflow_ref: `${owner}/${name}/${WORKFLOW}`,
  }
}

function namesOf(example: JsonObject): readonly [string, string] {
  const [owner = 'acme', name = 'app'] = textAt(example, 'repository').split('/')
  return [owner, name]
}

/** A run of the rule's repository with another context in its subject. */
function withContext(example: JsonObject, context: string, change: JsonObject): JsonObject {
  const [kind = 'repo', project = ''] = textAt(example, 'sub').split(':')
  return { ...example, sub: `${kind}:${project}:${context}`, ...change }
}

const NAMES = ['sub', 'repository', 'workflow_ref', 'job_workflow_ref']

/** Whether the rule names the repository, so that a longer name is worth a probe. */
function namesRepository({ conditions }: Rule): boolean {
  return conditions.some(({ path }) => NAMES.includes(path[0] ?? ''))
}

const EVENTS: readonly Probe[] = ['pull_request_target', 'workflow_run', 'issue_comment'].map(
  (event) => ({
    name: `github-${event.replaceAll('_', '-')}`,
    hostility: 'own',
    who: `a run that ${event} starts, which outsiders can trigger`,
    change: (example) => ({ ...example, event_name: event }),
  }),
)

const BRANCHES: readonly Probe[] = [
  {
    name: 'github-branch',
    hostility: 'own',
    who: 'a branch that anyone with push access can create',
    change: (example) =>
      withContext(example, 'ref:refs/heads/evil', {
        ref: 'refs/heads/evil',
        ref_protected: 'false',
      }),
  },
  {
    name: 'github-branch-named-like-a-ref',
    hostility: 'own',
    who: 'a branch whose name ends with the ref of another branch',
    change: (example) => {
      const [owner, name] = namesOf(example)
      const ref = 'refs/heads/x@refs/heads/main'
      const file = `${owner}/${name}/.github/workflows/deploy.yml@${ref}`
      return withContext(example, `ref:${ref}`, {
        ref,
        ref_protected: 'false',
        workflow_ref: file,
        job_workflow_ref: file,
      })
    },
  },
  {
    name: 'github-environment-on-branch',
    hostility: 'own',
    who: 'the environment of the rule, named by a branch that anyone with push access can create',
    change: (example, { conditions }) => {
      const named = conditions.some(({ path }) => path[0] === 'environment')
      // The subject of a job contains either its environment or its branch.
      if (!named && !textAt(example, 'sub').includes(':environment:')) return undefined
      return { ...example, ref: 'refs/heads/evil', ref_protected: 'false' }
    },
  },
]

export const GITHUB: ProbeFamily = {
  appliesTo: ({ unsafeEvents }: ProviderProfile) => unsafeEvents.includes('pull_request_target'),
  claims: usualClaims,
  probes: [
    {
      name: 'github-other-repository',
      hostility: 'stranger',
      who: 'a repository of another owner',
      change: (example) => asRepository(example, 'evil', 'app'),
    },
    {
      name: 'github-trusted-workflow-called-by-stranger',
      hostility: 'stranger',
      who: 'a repository of another owner that calls the trusted workflow',
      change: (example) => ({
        ...asRepository(example, 'evil', 'app'),
        job_workflow_ref: textAt(example, 'job_workflow_ref'),
      }),
    },
    {
      name: 'github-longer-owner',
      hostility: 'stranger',
      who: 'an owner whose name begins with the name in the rule',
      change: (example) => {
        const [owner, name] = namesOf(example)
        return asRepository(example, `${owner}-evil`, name)
      },
    },
    {
      name: 'github-joined-owner',
      hostility: 'stranger',
      who: 'an owner whose name begins with the name in the rule',
      change: (example) => {
        const [owner, name] = namesOf(example)
        return asRepository(example, `${owner}evil`, name)
      },
    },
    {
      name: 'github-longer-repository',
      hostility: 'namesake',
      who: 'another repository whose name begins with the name in the rule',
      change: (example, rule) => {
        if (!namesRepository(rule)) return undefined
        const [owner, name] = namesOf(example)
        return {
          ...asRepository(example, owner, `${name}-evil`),
          repository_owner_id: textAt(example, 'repository_owner_id'),
        }
      },
    },
    {
      name: 'github-same-names-other-ids',
      hostility: 'namesake',
      who: 'a new repository with the same name',
      change: (example) => {
        const [owner, name] = namesOf(example)
        return {
          ...asRepository(example, owner, name),
          job_workflow_ref: textAt(example, 'job_workflow_ref'),
        }
      },
    },
    {
      name: 'github-account-with-digits',
      hostility: 'stranger',
      who: 'an account whose name ends with the id of another account',
      change: (example) => {
        const [owner, name] = namesOf(example)
        const { repository_owner_id: ownerId, repository_id: id } = example
        return asRepository(example, `${owner}-${String(ownerId)}`, `${name}-${String(id)}`)
      },
    },
    {
      name: 'github-pull-request',
      hostility: 'own',
      who: 'a pull request',
      change: (example) =>
        withContext(example, 'pull_request', {
          event_name: 'pull_request',
          ref: 'refs/pull/1/merge',
          ref_protected: 'false',
          head_ref: 'evil',
          base_ref: 'main',
        }),
    },
    ...EVENTS,
    ...BRANCHES,
  ],
}
