/**
 * A gateway behind a server that returns errors for a while, or a gateway that limits the rate:
 * every command with an exchange waits and succeeds, by the same retry policy.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Gateway, type Reply, startGateway } from '../support/gateway.ts'
import { GRANTED, TOKEN, workloadOf } from '../support/helper.ts'
import { createScratch, root, runCli, spawnCli, type Transcript } from '../support/run.ts'
import { startSts } from '../support/sts.ts'

const gateway = await startGateway()
const sts = await startSts()
const write = createScratch()
const subjectFile = write('subject.jwt', 'subject.token.text')

const upstream = createServer((request, response) => response.end(request.headers.authorization))
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
afterAll(() => {
  upstream.closeAllConnections()
  upstream.close()
})
const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`

const PAGE = '<html><title>502 Bad Gateway</title></html>'
const LIMITED = { error: 'temporarily_unavailable', error_description: 'too many requests' }

/** The failures, and what a command reports. */
const TROUBLES: readonly (readonly [string, Reply, string])[] = [
  [
    'a front that answers 502 with an HTML page',
    { status: 502, text: PAGE, headers: { 'content-type': 'text/html', server: 'nginx/1.27.0' } },
    'a server in front of the gateway answered (status 502, server nginx)',
  ],
  [
    'a rate limit with a Retry-After of one second',
    { status: 429, body: LIMITED, headers: { 'retry-after': '1' } },
    'too many requests',
  ],
]

/** Calls the helper as docker does: by its name, without flags. */
function runDockerHelper(environment: Readonly<Record<string, string>>): Promise<Transcript> {
  const program = join(root, 'dist/cli/workload/docker-credential.js')
  const child = spawn(process.execPath, [program, 'get'], { env: environment })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdin.end('registry.example.com')
  return new Promise((resolve) => {
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }))
  })
}

/** Sends one request through a proxy, and ends the proxy. */
async function runProxy(environment: Readonly<Record<string, string>>): Promise<Transcript> {
  const flags = ['proxy', '--upstream', upstreamUrl, '--listen', '127.0.0.1:0']
  const child = spawn(process.execPath, [join(root, 'dist/cli/shell/main.js'), ...flags], {
    env: environment,
  })
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const line = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    child.once('close', () => resolve('{}'))
  })
  const { url } = JSON.parse(line) as { url?: string }
  if (url !== undefined) stdout = await (await fetch(url)).text()
  child.kill('SIGTERM')
  return { stdout, stderr, exitCode: await ended }
}

const git = 'protocol=https\nhost=git.example.com\n\n'
const role = 'arn:aws:iam::123456789012:role/deploy'
const program = [process.execPath, '-p', 'process.env.EDGEMINT_TOKEN']
const environment = (at: Gateway) => ({
  PATH: process.env.PATH ?? '',
  ...workloadOf(at, '', { EDGEMINT_DOCKER_REGISTRIES: 'registry.example.com' }).environment,
})

type Run = (at: Gateway) => Promise<Transcript>

const cli =
  (args: readonly string[], stdin = ''): Run =>
  (at) =>
    runCli(args, workloadOf(at, stdin))

const docker = ['credential', 'docker', '--registry', 'registry.example.com', 'get']

const COMMANDS: readonly (readonly [string, Run])[] = [
  ['token', cli(['token'])],
  ['exchange', cli(['exchange', '--token-file', subjectFile])],
  ['exec', (at) => spawnCli(['exec', '--', ...program], workloadOf(at))],
  ['proxy', (at) => runProxy(environment(at))],
  ['credential git', cli(['credential', 'git', '--host', 'git.example.com', 'get'], git)],
  ['credential kubectl', cli(['credential', 'kubectl'])],
  ['credential google', cli(['credential', 'google'])],
  ['docker-credential-edgemint', (at) => runDockerHelper(environment(at))],
  ['credential docker', cli(docker, 'registry.example.com')],
  [
    'credential npm',
    async (at) => {
      const npmrc = write(`${new URL(at.url).port}.npmrc`, '')
      const flags = ['--registry', 'https://npm.example.com/', '--write', npmrc]
      const ran = await cli(['credential', 'npm', ...flags])(at)
      return { ...ran, stdout: readFileSync(npmrc, 'utf8') }
    },
  ],
  ['credential aws', cli(['credential', 'aws', '--role-arn', role, '--endpoint', sts.url])],
]

/** The name of a command, its transcript, and how many exchanges its gateway received. */
type Ran = Transcript & { readonly exchanges: number }

/**
 * Runs all commands in parallel, each with its own gateway, which succeeds at the third request.
 */
async function runAll(reply: Reply): Promise<ReadonlyMap<string, Ran>> {
  const ran = COMMANDS.map(async ([name, run]) => {
    const at = await startGateway()
    let turn = 0
    at.answer(({ path }) => {
      if (path !== '/token') return { status: 200, body: {} }
      turn += 1
      return turn <= 2 ? reply : { status: 200, body: GRANTED }
    })
    return [name, { ...(await run(at)), exchanges: turn }] as const
  })
  return new Map(await Promise.all(ran))
}

const outcomes = new Map(
  await Promise.all(TROUBLES.map(async ([name, reply]) => [name, await runAll(reply)] as const)),
)

describe.each(TROUBLES)('behind %s', (trouble, reply, sentence) => {
  const exchanges = () => gateway.asked.filter(({ path }) => path === '/token').length

  test.each(COMMANDS)('%s succeeds, and reports why it waits', (name) => {
    const ran = outcomes.get(trouble)?.get(name)
    expect(ran).toMatchObject({ exitCode: 0, exchanges: 3 })
    const { stdout = '', stderr = '' } = ran ?? {}
    expect(stdout).toContain(name === 'credential aws' ? '"Version":1' : TOKEN)
    const said = /^edgemint: .*; trying again in \d seconds?$/gm
    // Google's libraries read stderr as part of the answer.
    expect(stderr.match(said)?.length ?? 0).toBe(name === 'credential google' ? 0 : 2)
    if (name !== 'credential google') expect(stderr).toContain(`edgemint: ${sentence}; trying`)
  })

  test('issuers, which only reads, succeeds as well', async () => {
    let turn = 0
    gateway.answer(() => {
      turn += 1
      return turn <= 2 ? reply : { status: 200, body: { issuers: [] } }
    })
    const flags = ['--url', gateway.url, '--token-file', subjectFile, '--json']
    const { stdout, exitCode } = await runCli(['issuers', ...flags])
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, { issuers: [] }])
  })

  test('sends one request with EDGEMINT_RETRY_SECONDS=0, and reports which server answered', async () => {
    gateway.answer(() => reply)
    const once = workloadOf(gateway, '', { EDGEMINT_RETRY_SECONDS: '0' })
    const { stdout, stderr, exitCode } = await runCli(['token'], once)
    expect([stdout, exitCode, exchanges()]).toEqual(['', 3, 1])
    expect(stderr).toContain(`edgemint: ${sentence}`)
    expect(stderr).not.toContain('check --url')
  })
})

test.each(['-1', '1.5', 'soon', '3601'])('refuses EDGEMINT_RETRY_SECONDS=%s', async (seconds) => {
  const options = workloadOf(gateway, '', { EDGEMINT_RETRY_SECONDS: seconds })
  const { stderr, exitCode } = await runCli(['token'], options)
  expect([exitCode, gateway.asked.length]).toEqual([2, 0])
  expect(stderr).toContain('EDGEMINT_RETRY_SECONDS must be a number of seconds from 0 to 3600')
})
