/** Hostile identities of gitlab.com and of self-managed GitLab. */

import type { Rule } from '../../core/policy/compile/compiled.ts'
import type { JsonObject } from '../../web/json.ts'
import { type ProbeFamily, textAt } from './probe.ts'

const FOREIGN_IDS = {
  project_id: '66600001',
  namespace_id: '66600002',
  job_project_id: '66600001',
  job_namespace_id: '66600002',
}

function findProject({ conditions }: Rule): string {
  for (const { path, test } of conditions) {
    const text =
      test.kind === 'any_of'
        ? String(test.values[0])
        : test.kind === 'glob'
          ? test.pattern.source.replaceAll(/\*+/g, 'x')
          : ''
    if (path[0] === 'project_path') return text
    if (path[0] === 'namespace_path') return `${text}/app`
    if (path[0] === 'sub' && text.startsWith('project_path:'))
      return text.split(':')[1] ?? 'acme/app'
  }
  return 'acme/app'
}

function usualClaims(rule: Rule): JsonObject {
  const project = findProject(rule)
  return {
    sub: `project_path:${project}:ref_type:branch:ref:main`,
    project_path: project,
    namespace_path: project.slice(0, project.lastIndexOf('/')),
    project_id: '42',
    namespace_id: '7',
    job_project_id: '42',
    job_namespace_id: '7',
    pipeline_id: '1001',
    job_id: '2002',
    pipeline_source: 'push',
    ref: 'main',
    ref_type: 'branch',
    ref_path: 'refs/heads/main',
    ref_protected: 'true',
    environment_protected: 'true',
    runner_environment: 'gitlab-hosted',
    user_login: 'somebody',
  }
}

function asProject(example: JsonObject, project: string): JsonObject {
  const [kind = 'project_path', , ...context] = textAt(example, 'sub').split(':')
  return {
    ...example,
    ...FOREIGN_IDS,
    sub: [kind, project, ...context].join(':'),
    project_path: project,
    namespace_path: project.slice(0, project.lastIndexOf('/')),
  }
}

/** Another project of the same group. */
function asSibling(example: JsonObject, rule: Rule, project: string): JsonObject | undefined {
  const isNamed = rule.conditions.some(
    ({ path }) => path[0] === 'project_path' || path[0] === 'sub',
  )
  const { namespace_id, job_namespace_id } = example
  if (!isNamed || namespace_id === undefined || job_namespace_id === undefined) return undefined
  return { ...asProject(example, project), namespace_id, job_namespace_id }
}

export const GITLAB: ProbeFamily = {
  appliesTo: ({ unsafeEvents }) => unsafeEvents.includes('merge_request_event'),
  claims: usualClaims,
  probes: [
    {
      name: 'gitlab-longer-group',
      hostility: 'stranger',
      who: 'a group whose name begins with the name in the rule',
      change: (example) => {
        const [group = 'acme', ...rest] = textAt(example, 'project_path').split('/')
        return asProject(example, [`${group}-evil`, ...rest].join('/'))
      },
    },
    {
      name: 'gitlab-longer-project',
      hostility: 'namesake',
      who: 'another project whose name begins with the name in the rule',
      change: (example, rule) =>
        asSibling(example, rule, `${textAt(example, 'project_path')}-evil`),
    },
    {
      name: 'gitlab-subgroup',
      hostility: 'namesake',
      who: 'a project with the same name in a subgroup',
      change: (example, rule) => {
        const project = textAt(example, 'project_path')
        const at = project.lastIndexOf('/')
        return asSibling(example, rule, `${project.slice(0, at)}/evil${project.slice(at)}`)
      },
    },
    {
      name: 'gitlab-same-path-other-ids',
      hostility: 'namesake',
      who: 'a new project with the same path',
      change: (example) => asProject(example, textAt(example, 'project_path')),
    },
    {
      name: 'gitlab-unprotected-ref',
      hostility: 'own',
      who: 'a branch that is not protected',
      change: (example) => ({
        ...example,
        ref_protected: 'false',
        environment_protected: 'false',
      }),
    },
    {
      name: 'gitlab-merge-request',
      hostility: 'own',
      who: 'the pipeline of a merge request',
      change: (example) => ({
        ...example,
        pipeline_source: 'merge_request_event',
        ref_protected: 'false',
        environment_protected: 'false',
      }),
    },
  ],
}
