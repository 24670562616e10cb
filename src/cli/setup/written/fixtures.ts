/** Writes the fixtures of the first trust document: for each rule what it allows, and what it must not. */
import type { JsonObject } from '../../../web/json.ts'
import type { Answers, Workload } from '../answers.ts'
import { issuerOf, ruleNameOf, TRUST_FILE } from './trust.ts'

const q = (text: string) => JSON.stringify(text)

type Claims = JsonObject

export function renderFixtures(answers: Answers, at: string): string {
  const cases = answers.workloads.flatMap((workload) => listCases(answers, workload))
  return [`trust: ${TRUST_FILE}`, `at: ${at}`, 'cases:', ...cases, ''].join('\n')
}

type Case = {
  readonly name: string
  readonly claims: Claims
  readonly expect: string
}

function listCases(answers: Answers, workload: Workload): readonly string[] {
  const { workloads, api } = answers
  const rule = ruleNameOf(workloads, workload)
  const claims = exampleClaims(answers, workload)
  const cases: readonly Case[] = [
    {
      name: `${rule} gets its token`,
      claims,
      expect: `{ decision: granted, rule: ${rule}, scopes: [${api.scopes.map(q).join(', ')}] }`,
    },
    ...strangers(workload).map(({ name, changed, expect = NO_RULE }) => ({
      name: `${rule}: ${name}`,
      claims: { ...claims, ...changed },
      expect,
    })),
  ]
  return cases.flatMap(({ name, claims: shown, expect }) => [
    `  - name: ${q(name)}`,
    `    issuer: ${issuerOf(workloads, workload)}`,
    `    claims: ${JSON.stringify(shown)}`,
    `    request: { resource: ${q(api.resource)} }`,
    `    expect: ${expect}`,
  ])
}

const NO_RULE = '{ decision: denied, reason: no_rule_matched }'

function exampleClaims({ branch }: Answers, workload: Workload): Claims {
  switch (workload.kind) {
    case 'github': {
      const { repository, environment, owner_id: ownerId, repository_id: repositoryId } = workload
      return {
        sub: `repo:${repository}:environment:${environment}`,
        repository,
        repository_id: repositoryId,
        repository_owner: repository.split('/')[0] ?? '',
        repository_owner_id: ownerId,
        ref: `refs/heads/${branch}`,
        environment,
        event_name: 'push',
        runner_environment: 'github-hosted',
      }
    }
    case 'gitlab': {
      const { project, environment, namespace_id: namespaceId, project_id: projectId } = workload
      return {
        sub: `project_path:${project}:ref_type:branch:ref:${branch}`,
        namespace_id: namespaceId,
        namespace_path: project.slice(0, project.lastIndexOf('/')),
        project_id: projectId,
        project_path: project,
        ref: branch,
        ref_type: 'branch',
        ref_path: `refs/heads/${branch}`,
        ref_protected: 'true',
        environment,
        environment_protected: 'true',
        pipeline_source: 'push',
        runner_environment: 'gitlab-hosted',
        pipeline_id: '1',
        job_id: '2',
      }
    }
    case 'kubernetes': {
      const { namespace, service_account: name } = workload
      return {
        sub: `system:serviceaccount:${namespace}:${name}`,
        'kubernetes.io': { namespace, serviceaccount: { name } },
      }
    }
  }
}

type Stranger = { readonly name: string; readonly changed: Claims; readonly expect?: string }

/** Each is one change away from the workload, and must get nothing. */
function strangers(workload: Workload): readonly Stranger[] {
  switch (workload.kind) {
    case 'github':
      return [
        { name: 'another branch gets nothing', changed: { ref: 'refs/heads/another' } },
        { name: 'another repository gets nothing', changed: { repository_id: '1' } },
        { name: 'another environment gets nothing', changed: { environment: 'another' } },
        { name: 'a pull request gets nothing', changed: { event_name: 'pull_request' } },
        {
          name: 'a run that outsiders can start is denied',
          changed: { event_name: 'pull_request_target' },
          expect: '{ decision: denied, reason: rule_denied, rule: never-for-outsiders }',
        },
      ]
    case 'gitlab':
      return [
        {
          name: 'a branch that is not protected gets nothing',
          changed: { ref_protected: 'false' },
        },
        { name: 'another project gets nothing', changed: { project_id: '1' } },
        { name: 'another environment gets nothing', changed: { environment: 'another' } },
        {
          name: 'a merge request gets nothing',
          changed: { pipeline_source: 'merge_request_event' },
        },
      ]
    case 'kubernetes':
      return [
        {
          name: 'another account gets nothing',
          changed: { sub: `system:serviceaccount:${workload.namespace}:default` },
        },
      ]
  }
}
