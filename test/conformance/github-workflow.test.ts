/** Runs the workflows of examples/github-workflow against a gateway with their deploy-time policy. */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { VERSION } from '../ci/support/platform.ts'
import { compileCache } from '../support/compile-cache.ts'
import { root, startWorld, trustDocument, type World } from './support/world.ts'

type Step = {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string | boolean>>
  readonly env?: Readonly<Record<string, string>>
}
type Job = {
  readonly if?: string
  readonly environment?: string
  readonly permissions: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}
type Workflow = {
  readonly on: object
  readonly permissions: object
  readonly jobs: Record<string, Job>
}

const FOLDER = 'examples/github-workflow'
const read = (name: string) => readFileSync(join(root, FOLDER, name), 'utf8')
const plan = read('plan.yml')
const apply = read('apply.yml')
const jobOf = (text: string) => Object.values((parse(text) as Workflow).jobs)[0] as Job
const EXAMPLE_URL = 'https://sts.example.com'
const PUSHED = { event_name: 'push', ref: 'refs/heads/main', environment: 'trust' }
const PROPOSED = { event_name: 'pull_request', ref: 'refs/pull/7/merge', environment: null }

let world: World
let folder: string

beforeAll(async () => {
  const policy = JSON.parse(read('policy.json')) as { issuers: { github: object } }
  world = await startWorld((issuer) => ({
    BOOTSTRAP_TRUST: JSON.stringify({
      ...policy,
      // The dev issuer stands in for GitHub.
      issuers: { github: { ...policy.issuers.github, issuer: `${issuer}/github-admin` } },
    }),
  }))
  folder = join(dirname(world.trustFile), 'checkout')
  mkdirSync(join(folder, 'bin'), { recursive: true })
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  const cli = join(root, 'dist/cli/shell/main.js')
  program('npx', `shift\nexec '${process.execPath}' '${cli}' "$@"`)
  program('npm', 'echo "$@" > npm.txt')
  program('gh', 'echo "$@" > gh.txt\ncp "$5" comment.md')
})
afterAll(() => world.close())

/** Exchanges the token of a job as the action does; undefined if it is refused. */
async function tokenFor(claims: object, scope: string): Promise<string | undefined> {
  const request = { provider: 'github-actions', audience: world.url(), claims }
  const subjectToken = await world.issuer.mint(request as never, 'github-admin')
  const body = world.form(subjectToken, { resource: world.url(), scope })
  const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token?: string }).access_token
}

/** Runs the scripts of a job, as the runner does, with the token that its rule grants. */
async function runJob(job: Job, claims: object): Promise<{ code: number; stderr: string }> {
  const { scope = '' } = job.steps.find(({ uses }) => uses?.startsWith('edgemint/'))?.with ?? {}
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, (await tokenFor(claims, String(scope))) ?? '')
  for (const { run, env = {} } of job.steps) {
    if (run === undefined) continue
    const variables = Object.keys(env).map((name) => [name, VALUES[name] ?? tokenFile])
    const result = await runScript(run.replaceAll(EXAMPLE_URL, world.url()), {
      ...Object.fromEntries(variables),
      GITHUB_REPOSITORY: 'acme/trust',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_ACTOR: 'ada',
    })
    if (result.code !== 0) return result
  }
  return { code: 0, stderr: '' }
}

/** What the expressions of the workflow stand for. */
const VALUES: Readonly<Record<string, string>> = { GH_TOKEN: 'none', PULL_REQUEST: '7' }

function runScript(script: string, env: Readonly<Record<string, string>>) {
  return new Promise<{ code: number; stderr: string }>((resolve) => {
    const path = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`
    const options = { cwd: folder, env: { PATH: path, ...compileCache(), ...env } }
    // The shell of `run` (GitHub's documentation of `shell: bash`, without `pipefail`).
    execFile('bash', ['--norc', '-e', '-c', script], options, (error, _, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stderr }),
    )
  })
}

function writeTrust(change: object): void {
  const document = trustDocument(world.issuer.issuer)
  const [rule] = document.rules
  const rules = [{ ...rule, when: { ...rule?.when, ...change } }]
  writeFileSync(join(folder, 'trust.yaml'), JSON.stringify({ ...document, rules }, null, 2))
}

describe.each([
  ['plan.yml', plan, { contents: 'read', 'id-token': 'write', 'pull-requests': 'write' }],
  ['apply.yml', apply, { contents: 'read', 'id-token': 'write' }],
])('the workflow %s', (_, text, permissions) => {
  it('has only the permissions that it needs, and no secret', () => {
    expect((parse(text) as Workflow).permissions).toEqual({})
    expect(jobOf(text).permissions).toEqual(permissions)
    expect(text).not.toContain('secrets.')
  })

  it('pins actions by hash, says to pin ours, and persists no credentials', () => {
    for (const [, uses = ''] of text.matchAll(/uses: (.*)$/gm)) {
      expect(uses).toMatch(
        /^(?:edgemint\/edgemint\/action@v[\d.]+ # pin it by|[\w-]+\/[\w-]+@[0-9a-f]{40} # v[\d.]+$)/,
      )
    }
    const [checkout, , ours] = jobOf(text).steps
    expect(checkout?.with).toEqual({ 'persist-credentials': false })
    expect(ours?.uses).toBe(`edgemint/edgemint/action@v${VERSION}`)
  })

  it('puts no expression into a script, where a branch name could be code', () => {
    for (const { run = '' } of jobOf(text).steps) expect(run).not.toContain('${{')
  })
})

describe('a pull request', () => {
  it('is planned only in the repository itself, because a fork gets no token', () => {
    const own = 'github.event.pull_request.head.repo.full_name == github.repository'
    expect(jobOf(plan).if).toBe(own)
    expect(jobOf(apply).environment).toBe('trust')
  })

  it('gets a token that can read and replay, and can never write', async () => {
    expect(await tokenFor(PROPOSED, 'trust:read decisions:read')).toBeDefined()
    expect(await tokenFor(PROPOSED, 'trust:write')).toBeUndefined()
    expect(await tokenFor({ ...PUSHED, environment: null }, 'trust:write')).toBeUndefined()
    expect(await tokenFor({ ...PUSHED, repository_id: '7' }, 'trust:write')).toBeUndefined()
  })

  it('gets its plan as a comment', async () => {
    writeTrust({ ref: 'refs/heads/main' })
    expect(await runJob(jobOf(plan), PROPOSED)).toEqual({ code: 0, stderr: '' })
    expect(readFileSync(join(folder, 'npm.txt'), 'utf8')).toBe('ci --ignore-scripts\n')
    expect(readFileSync(join(folder, 'gh.txt'), 'utf8')).toBe(
      'pr comment 7 --body-file plan.md --edit-last --create-if-none\n',
    )
    const comment = readFileSync(join(folder, 'comment.md'), 'utf8')
    expect(comment).toContain('### Plan of `trust.yaml`\n\n1 change against revision 1.\n')
    expect(comment).toContain('~ rule deploy (narrowed)\n')
    expect(comment).toMatch(/#### Replay since \S+\n\n\d+ decisions?, 0 replayed exactly\.\n/)
  })

  it('fails, without a comment, if the document is refused', async () => {
    rmSync(join(folder, 'gh.txt'))
    writeTrust({ repository_owner_id: 1234567 })
    const { code, stderr } = await runJob(jobOf(plan), PROPOSED)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/trust\.yaml:\d+:\d+: rules\[0\]/)])
    expect(existsSync(join(folder, 'gh.txt'))).toBe(false)
  })
})

describe('a merge', () => {
  it('is applied with the commit as its message', async () => {
    writeTrust({ ref: 'refs/heads/main' })
    copyFileSync(join(folder, 'trust.yaml'), join(folder, 'applied.json'))
    expect(await runJob(jobOf(apply), PUSHED)).toEqual({ code: 0, stderr: '' })
    const token = await tokenFor(PUSHED, 'trust:read')
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${world.url()}/admin/v1/trust/revisions?limit=1`, { headers })
    expect(await response.json()).toMatchObject({
      revisions: [{ revision: 2, message: `acme/trust@${'a'.repeat(40)} by ada`, kept: true }],
    })
    const document = await (await fetch(`${world.url()}/admin/v1/trust`, { headers })).json()
    expect(document).toEqual(JSON.parse(readFileSync(join(folder, 'applied.json'), 'utf8')))
  })
})
