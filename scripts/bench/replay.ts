/**
 * `npm run bench:replay [-- --decisions 100000] [-- --claims all]`: how long `edgemint plan --replay`
 * takes over recorded decisions of a running gateway. It makes the decisions by exchanges, proposes a
 * narrowing, and compares the identities that lose with those that the exchanges themselves determine.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { startDevIssuer } from '../../dist/dev/index.js'
import { workerdPidFile } from '../../dist/dev/serve/workerd-guard.js'
import { startProcess } from '../processes.ts'
import { createConnection } from './client/connection.ts'
import { readCpuNanoseconds } from './process-stat.ts'

const CLI = join(import.meta.dirname, '../../dist/cli/shell/main.js')
const API = 'https://api.example.com'
const REPOSITORIES = 200
const REFS = ['refs/heads/main', 'refs/heads/release/1', 'refs/heads/feature'] as const
const CONNECTIONS = 8
const OWNER = '1234567'
/** Other programs can slow one of them. */
const PLANS = 3
const run = promisify(execFile)

type Job = { readonly repository: number; readonly ref: string; readonly form: string }

const { values } = parseArgs({
  options: { decisions: { type: 'string' }, claims: { type: 'string' } },
})
const total = Number(values.decisions ?? 100_000)
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-replay-'))
const issuer = await startDevIssuer()

function documentOf(isNarrowed: boolean): string {
  const rules = Array.from({ length: REPOSITORIES }, (_, repository) => ({
    name: `deploy-${repository}`,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'github',
    when: {
      repository_owner_id: OWNER,
      repository_id: idOf(repository),
      ref: isNarrowed && repository % 10 === 0 ? REFS[0] : REFS.slice(0, 2),
      event_name: 'push',
    },
    grant: { resource: API, scopes: ['deploy'], lifetime: '10m', replay: 'reuse' },
  }))
  const github = {
    provider: 'github-actions',
    issuer: `${issuer.issuer}/github`,
    audience: 'https://sts.example.com',
  }
  return JSON.stringify({
    version: 1,
    issuers: { github },
    resources: { [API]: { scopes: ['deploy'] } },
    rules,
  })
}

function idOf(repository: number): string {
  return String(1000 + repository)
}

function formOf(subjectToken: string, resource: string): string {
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    resource,
  }).toString()
}

async function mintJobs(): Promise<readonly Job[]> {
  const jobs: Job[] = []
  for (let repository = 0; repository < REPOSITORIES; repository += 1) {
    for (const ref of REFS) {
      const name = `acme/app-${repository}`
      const claims = {
        ...{ repository_owner_id: OWNER, repository_id: idOf(repository), repository: name, ref },
        ...{ sub: subjectOf(repository, ref), event_name: 'push', environment: null },
      }
      const request = { provider: 'github-actions', audience: 'https://sts.example.com', claims }
      jobs.push({ repository, ref, form: formOf(await issuer.mint(request, 'github'), API) })
    }
  }
  return jobs
}

function subjectOf(repository: number, ref: string): string {
  return `repo:acme/app-${repository}:ref:${ref}`
}

async function decide(url: string, jobs: readonly Job[]): Promise<void> {
  const { hostname, port } = new URL(url)
  let sent = 0
  const work = async () => {
    const connection = createConnection(hostname, Number(port))
    while (sent < total) {
      const { form } = jobs[sent % jobs.length] as Job
      sent += 1
      const head = [
        'POST /token HTTP/1.1',
        `host: ${hostname}:${port}`,
        'content-type: application/x-www-form-urlencoded',
        `content-length: ${form.length}`,
      ]
      const { status } = await connection.ask(Buffer.from(`${head.join('\r\n')}\r\n\r\n${form}`))
      if (status !== 200 && status !== 400) throw new Error(`status ${status}`)
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}

const policy = {
  issuers: { github: { provider: 'github-actions', issuer: `${issuer.issuer}/admin` } },
  rules: [
    {
      ...{ name: 'plan', owner: 'platform@example.com', expires: '2099-12-31', from: 'github' },
      when: { repository_owner_id: OWNER },
      grant: { scopes: ['trust:read', 'decisions:read'], lifetime: '30m' },
    },
  ],
}
const [trust, proposed] = [join(scratch, 'trust.json'), join(scratch, 'proposed.json')]
writeFileSync(trust, documentOf(false))
writeFileSync(proposed, documentOf(true))
const gateway = await startProcess(
  process.execPath,
  [
    ...[CLI, 'serve', '--port', '0', '--state', join(scratch, 'state'), '--local-issuers'],
    ...['--trust', trust],
  ],
  { BOOTSTRAP_TRUST: JSON.stringify(policy), DECISION_CLAIMS: values.claims ?? 'recorded' },
)
try {
  const url = String(gateway.ready.url)
  const jobs = await mintJobs()
  const startedAt = performance.now()
  await decide(url, jobs)
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`${total} exchanges in ${seconds.toFixed(1)} s`)
  // The last batches are sent after their answers.
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const subjectToken = await issuer.mint({ provider: 'github-actions', audience: url }, 'admin')
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: formOf(subjectToken, url),
  })
  const { access_token: token } = (await response.json()) as { access_token: string }
  const tokenFile = join(scratch, 'admin.jwt')
  writeFileSync(tokenFile, token)
  const flags = ['--url', url, '--token-file', tokenFile, '--replay', '30d', '--json']
  const workerd = Number(readFileSync(workerdPidFile(join(scratch, 'state')), 'utf8').trim())
  for (let plan = 0; plan < PLANS; plan += 1) {
    const cpuBefore = readCpuNanoseconds(workerd) ?? 0
    const plannedAt = performance.now()
    const planned = await run(process.execPath, [CLI, 'plan', proposed, ...flags], {
      maxBuffer: 2 ** 28,
    }).catch((error: { code: number; stdout: string; stderr: string }) => {
      // Changes are pending.
      if (error.code === 4) return error
      throw new Error(error.stderr)
    })
    const planSeconds = (performance.now() - plannedAt) / 1000
    const gatewaySeconds = ((readCpuNanoseconds(workerd) ?? 0) - cpuBefore) / 1e9
    check(JSON.parse(planned.stdout) as Planned, jobs)
    console.log(
      `plan --replay: ${planSeconds.toFixed(1)} s, of which the gateway computes ${gatewaySeconds.toFixed(1)} s`,
    )
  }
} finally {
  await gateway.stop()
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
}

type Planned = {
  readonly replay: {
    readonly decisions: number
    readonly replayed: number
    readonly loses: {
      readonly decisions: number
      readonly identities: readonly { readonly subject: string; readonly decisions: number }[]
    }
  }
}

/** The naive replay: each exchange that was made either still meets its narrowed rule or not. */
function check({ replay }: Planned, jobs: readonly Job[]): void {
  const expected = new Map<string, number>()
  for (let sent = 0; sent < total; sent += 1) {
    const { repository, ref } = jobs[sent % jobs.length] as Job
    if (repository % 10 !== 0 || ref !== REFS[1]) continue
    const subject = subjectOf(repository, ref)
    expected.set(subject, (expected.get(subject) ?? 0) + 1)
  }
  const found = new Map(replay.loses.identities.map((one) => [one.subject, one.decisions]))
  const isSame = JSON.stringify([...found].sort()) === JSON.stringify([...expected].sort())
  const { decisions, replayed, loses } = replay
  console.log(
    `${decisions} decisions read, ${replayed} replayed exactly; ${found.size} identities lose, in ${loses.decisions} decisions: ${isSame ? 'as expected' : `expected ${expected.size}`}`,
  )
  if (!isSame || replayed < total) process.exitCode = 1
}
