/**
 * `edgemint deploy` with the real wrangler, a stand-in for Cloudflare's API and a real gateway: what
 * `--dry-run` announces is what wrangler asks the API for.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Started, startProcess } from '../../../scripts/processes.ts'
import { type DevIssuer, startDevIssuer } from '../../../src/dev/issuer/issuer.ts'
import { type CloudflareStandIn, startCloudflare } from '../../support/cloudflare.ts'
import { root } from '../support/run.ts'
import { ANSWERS, createProject, type Project } from './support/project.ts'

const ISSUER = 'https://sts.example.com'
let cloudflare: CloudflareStandIn
let devIssuer: DevIssuer
let gateway: Started
let project: Project

/** The gateway that the uploaded Worker would be: its policy, on this machine. */
async function startGateway(): Promise<Started> {
  const policy = JSON.parse(project.read('policy.json')) as { issuers: { github: object } }
  Object.assign(policy.issuers.github, { issuer: `${devIssuer.issuer}/github` })
  const flags = ['--port', '0', '--issuer', ISSUER, '--local-issuers', '--allow-host', '127.0.0.1']
  return startProcess(
    process.execPath,
    [
      join(root, 'dist/cli/shell/main.js'),
      'serve',
      ...flags,
      '--state',
      join(project.folder, '.edgemint/state'),
    ],
    { BOOTSTRAP_TRUST: JSON.stringify(policy) },
  )
}

beforeAll(async () => {
  project = createProject()
  const ids = 'acme/api=1234567/456789012'
  await project.init(ANSWERS.map((answer) => (answer.startsWith('acme/api=') ? ids : answer)))
  ;[cloudflare, devIssuer] = await Promise.all([startCloudflare(), startDevIssuer()])
  gateway = await startGateway()
})
afterAll(async () => {
  await gateway?.stop()
  await devIssuer?.close()
  await cloudflare?.close()
})

/** The lines of `--dry-run` that are requests to Cloudflare, without their remarks. */
function announced(stdout: string): readonly string[] {
  return (stdout.match(/^ +(POST|PUT|PATCH) \/accounts\/\S+/gm) ?? []).map((line) => line.trim())
}

function changed(): readonly string[] {
  const changes = cloudflare.requests.filter(({ method }) => method !== 'GET')
  const names = changes.map(({ method, path }) => {
    return `${method} ${path.replace(/^\/accounts\/[^/]+/, '/accounts/<account>')}`
  })
  return [...new Set(names)]
}

it('asks the API for what --dry-run announces, also after a failure, and makes one exchange', async () => {
  const subject = join(project.folder, 'subject.jwt')
  const claims = { repository_id: '456789012', environment: 'trust', event_name: 'push' }
  const token = await devIssuer.mint(
    { provider: 'github-actions', audience: ISSUER, claims },
    'github',
  )
  writeFileSync(subject, token)
  const dry = await project.deploy(['--dry-run'])
  expect(dry.exitCode).toBe(0)
  const flags = ['--url', String(gateway.ready.url), '--token-file', subject, '--wait', '20']
  const environment = { ...cloudflare.environment, HOME: project.folder }
  // Cloudflare refuses the first upload. The next run continues there, with the same keys.
  cloudflare.failOnce('PUT', /\/workers\/scripts\/edgemint$/)
  const failed = await project.deploy(flags, { environment })
  expect(failed.exitCode, failed.stderr).toBe(1)
  expect(failed.stderr).toContain(
    'edgemint: wrangler deploy ended with 1; the signing keys are kept',
  )
  const secrets = project.list().filter((path) => path.startsWith('.edgemint/secrets'))
  expect(secrets).toEqual(['.edgemint/secrets/signing-keys.json'])
  const { exitCode, stderr } = await project.deploy(flags, { environment })
  expect(exitCode, stderr).toBe(0)
  expect(stderr).toContain('edgemint: the gateway is ready\n')
  expect(stderr).toMatch(/the gateway issued a token for 600 seconds, and it is valid/)

  const isFirst = (line: string) => !/\/(versions|deployments|script-settings)$/.test(line)
  expect(changed().toSorted()).toEqual(announced(dry.stdout).filter(isFirst).toSorted())
  const [upload] = cloudflare.uploads
  expect(upload?.migrations?.new_tag).toMatch(/^v[0-9]+$/)
  expect([...cloudflare.secrets.keys()].sort()).toEqual([
    'BOOTSTRAP_TRUST',
    expect.stringMatching(/^SIGNING_KEY_[0-9_]+$/),
    expect.stringMatching(/^SIGNING_KEY_[0-9_]+_RSA$/),
  ])
  const bound = upload?.bindings.filter(({ type }) => type === 'kv_namespace')
  expect(bound).toEqual([
    expect.objectContaining({ namespace_id: cloudflare.namespaces.get('edgemint-revocations') }),
  ])
})

it('asks for what --dry-run announces also in a later deployment', async () => {
  const dry = await project.deploy(['--dry-run'])
  cloudflare.requests.length = 0
  const flags = ['--url', String(gateway.ready.url), '--wait', '20']
  const environment = { ...cloudflare.environment, HOME: project.folder }
  const { exitCode, stderr } = await project.deploy(flags, { environment })
  expect(exitCode, stderr).toBe(0)
  expect(stderr).toContain('edgemint: no exchange: this machine has no token of a platform')
  const isLater = (line: string) => !/\/(edgemint|assets\/upload)$/.test(line)
  expect(changed().toSorted()).toEqual(announced(dry.stdout).filter(isLater).toSorted())
})
