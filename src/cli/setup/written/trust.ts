/** Writes the first trust document: an issuer for each platform, one API, and a rule for each workload. */
import type { Answers, CiPlace, Workload } from '../answers.ts'

/** The file of the document, and that of its fixtures. */
export const TRUST_FILE = 'trust.yaml'
export const FIXTURES_FILE = 'trust.test.yaml'

/** JSON is YAML, and leaves no text that YAML would read as another type. */
const q = (text: string) => JSON.stringify(text)

export function renderTrust(answers: Answers): string {
  const { api, workloads } = answers
  const issuers = listIssuers(workloads)
  return [
    '# yaml-language-server: $schema=./node_modules/edgemint/dist/trust.schema.json',
    '#',
    '# Who gets a token for which API. Check each change before you commit it:',
    '#   npx edgemint lint trust.yaml && npx edgemint test',
    'version: 1',
    '',
    'issuers:',
    ...issuers.flatMap(({ name, provider, issuer }) => [
      `  ${name}:`,
      `    provider: ${provider}`,
      ...(issuer === undefined ? [] : [`    issuer: ${q(issuer)}`]),
    ]),
    '',
    'resources:',
    `  ${q(api.resource)}:`,
    `    scopes: [${api.scopes.map(q).join(', ')}]`,
    '    max_lifetime: 15m',
    '',
    'rules:',
    ...workloads.flatMap((workload) => [...renderRule(answers, workload), '']),
    ...renderDenials(workloads),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

type IssuerEntry = {
  readonly name: string
  readonly provider: string
  readonly issuer?: string
}

function listIssuers(workloads: readonly Workload[]): readonly IssuerEntry[] {
  const found = new Map<string, IssuerEntry>()
  for (const workload of workloads) {
    const name = issuerOf(workloads, workload)
    if (workload.kind === 'github') found.set(name, { name, provider: 'github-actions' })
    else if (workload.kind === 'gitlab') found.set(name, { name, provider: 'gitlab-com' })
    else found.set(name, { name, provider: 'kubernetes', issuer: workload.issuer })
  }
  return [...found.values()]
}

/** Several clusters get a number each, in the order of their first workload. */
export function issuerOf(workloads: readonly Workload[], workload: Workload): string {
  if (workload.kind !== 'kubernetes') return workload.kind
  const clusters = workloads.flatMap((one) => (one.kind === 'kubernetes' ? [one.issuer] : []))
  const at = [...new Set(clusters)].indexOf(workload.issuer)
  return at === 0 ? 'cluster' : `cluster-${at + 1}`
}

/** The name of the rule for a workload. A second workload with the same words gets a number. */
export function ruleNameOf(workloads: readonly Workload[], workload: Workload): string {
  const name = slugOf(workload)
  const before = workloads.slice(0, workloads.indexOf(workload))
  const count = before.filter((one) => slugOf(one) === name).length
  return count === 0 ? name : `${name}-${count + 1}`
}

function slugOf(workload: Workload): string {
  const words =
    workload.kind === 'kubernetes'
      ? ['cluster', workload.namespace, workload.service_account]
      : [workload.kind, pathOf(workload), workload.environment]
  return words
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG_CHARACTERS)
    .replace(/-$/, '')
}

/** A rule name has at most 64 characters. A number needs some of them. */
const MAX_SLUG_CHARACTERS = 56

const pathOf = (place: CiPlace) => (place.kind === 'github' ? place.repository : place.project)

function renderRule(answers: Answers, workload: Workload): readonly string[] {
  const { api, owner, expires } = answers
  return [
    `  - name: ${ruleNameOf(answers.workloads, workload)}`,
    `    description: ${q(describe(answers, workload))}`,
    `    owner: ${q(owner)}`,
    `    expires: ${expires}`,
    `    from: ${issuerOf(answers.workloads, workload)}`,
    '    when:',
    ...renderConditions(answers, workload).map((line) => `      ${line}`),
    '    grant:',
    `      resource: ${q(api.resource)}`,
    `      scopes: [${api.scopes.map(q).join(', ')}]`,
    '      lifetime: 10m',
    `      subject: ${q(SUBJECTS[workload.kind])}`,
  ]
}

const SUBJECTS: Readonly<Record<Workload['kind'], string>> = {
  github: 'github:{repository_id}:{environment}',
  gitlab: 'gitlab:{project_id}:{environment}',
  kubernetes: 'k8s:{kubernetes.io.namespace}:{kubernetes.io.serviceaccount.name}',
}

function describe({ branch, api }: Answers, workload: Workload): string {
  if (workload.kind === 'kubernetes') {
    return `The service account ${workload.namespace}/${workload.service_account} calls ${api.resource}.`
  }
  return `The branch ${branch} of ${pathOf(workload)} calls ${api.resource} from the environment ${workload.environment}.`
}

function renderConditions({ branch }: Answers, workload: Workload): readonly string[] {
  switch (workload.kind) {
    case 'github':
      return [
        '# Both ids: somebody else can take a name after a rename, but an id is never reused.',
        `repository_owner_id: ${q(workload.owner_id)}`,
        `repository_id: ${q(workload.repository_id)}`,
        `environment: ${q(workload.environment)}`,
        `ref: ${q(`refs/heads/${branch}`)}`,
        '# Without this list, outsiders could start it with pull_request_target and issue_comment.',
        'event_name: [push, workflow_dispatch]',
        'runner_environment: github-hosted',
      ]
    case 'gitlab':
      return [
        `namespace_id: ${q(workload.namespace_id)}`,
        `project_id: ${q(workload.project_id)}`,
        `environment: ${q(workload.environment)}`,
        'environment_protected: "true"',
        `ref_path: ${q(`refs/heads/${branch}`)}`,
        '# A merge request pipeline also has a branch name. Only this claim tells them apart.',
        'ref_protected: "true"',
        'pipeline_source: [push, web]',
        'runner_environment: gitlab-hosted',
      ]
    case 'kubernetes':
      return [
        `sub: ${q(`system:serviceaccount:${workload.namespace}:${workload.service_account}`)}`,
      ]
  }
}

function renderDenials(workloads: readonly Workload[]): readonly string[] {
  if (!workloads.some(({ kind }) => kind === 'github')) return []
  return [
    '  # Denies every run that outsiders can start, whatever other rules allow.',
    '  - name: never-for-outsiders',
    '    description: Runs that outsiders can start get nothing.',
    '    effect: deny',
    '    from: github',
    '    when:',
    '      event_name: [pull_request_target, workflow_run, issue_comment]',
    '',
  ]
}
