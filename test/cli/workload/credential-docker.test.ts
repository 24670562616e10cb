import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { grant, REFUSED, refuse, TOKEN, workloadOf } from '../support/helper.ts'
import { root, runCli, type Transcript } from '../support/run.ts'

const gateway = await startGateway()
const REGISTRIES = 'registry.example.com, localhost:5000 index.docker.io'
const NOT_FOUND = 'credentials not found in native keychain\n'

/** Calls the helper as docker does: one argument, and all settings in the environment. */
function callHelper(
  operation: string,
  stdin: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Transcript> {
  const { environment } = workloadOf(gateway, '', {
    EDGEMINT_DOCKER_REGISTRIES: REGISTRIES,
    ...more,
  })
  const program = join(root, 'dist/cli/workload/docker-credential.js')
  const child = spawn(process.execPath, [program, operation], { env: { ...environment } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }))
  })
}

test.each([
  'registry.example.com',
  'https://registry.example.com',
  'https://registry.example.com/v2/',
  'localhost:5000',
  'http://localhost:5000',
  'https://index.docker.io/v1/',
])('answers for the listed registry %s', async (server) => {
  gateway.answer(grant)
  const { stdout, stderr, exitCode } = await callHelper('get', `${server}\n`)
  expect(JSON.parse(stdout)).toEqual({ ServerURL: server, Username: 'edgemint', Secret: TOKEN })
  expect([stderr, exitCode]).toEqual(['', 0])
})

test.each([
  'registry.example.org',
  'registry.example.com.evil.org',
  'registry.example.com:5000',
  'http://registry.example.com',
  'registry.example.com@evil.org',
  'ftp://registry.example.com',
  '',
])('prints the text that docker expects when it has no token for "%s"', async (server) => {
  gateway.answer(grant)
  const transcript = await callHelper('get', server)
  expect(transcript).toEqual({ stdout: NOT_FOUND, stderr: '', exitCode: 1 })
  expect(gateway.asked).toEqual([])
})

test('reports a refusal on stdout, where docker reads it', async () => {
  gateway.answer(refuse)
  expect(await callHelper('get', 'registry.example.com')).toEqual({
    stdout: `edgemint: ${REFUSED}\n`,
    stderr: `edgemint: ${REFUSED}\nedgemint: hint: the decision is dec_2\n`,
    exitCode: 1,
  })
})

test('lists the registries without an exchange', async () => {
  const more = { EDGEMINT_DOCKER_USERNAME: 'oauth2' }
  const { stdout, exitCode } = await callHelper('list', '', more)
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    'registry.example.com': 'oauth2',
    'localhost:5000': 'oauth2',
    'index.docker.io': 'oauth2',
  })
  expect(gateway.asked).toEqual([])
})

test('refuses to store a login', async () => {
  const login = JSON.stringify({ ServerURL: 'registry.example.com', Username: 'a', Secret: 'b' })
  const { stdout, exitCode } = await callHelper('store', login)
  expect(exitCode).toBe(1)
  expect(stdout).toBe(
    'edgemint: cannot store credentials: docker gets a new token at each request\n',
  )
})

test('needs no registry to erase, to refuse a login or to name its operations', async () => {
  const none = { EDGEMINT_DOCKER_REGISTRIES: '' }
  expect((await callHelper('erase', 'registry.example.com', none)).exitCode).toBe(0)
  expect((await callHelper('store', '{}', none)).stdout).toContain('cannot store credentials')
  expect((await callHelper('login', '', none)).stdout).toContain('the operation must be one of get')
})

test('has nothing to erase', async () => {
  const transcript = await callHelper('erase', 'registry.example.com')
  expect(transcript).toEqual({ stdout: '', stderr: '', exitCode: 0 })
})

test.each([
  [
    'get',
    { EDGEMINT_DOCKER_REGISTRIES: '' },
    '--registry or EDGEMINT_DOCKER_REGISTRIES is required',
  ],
  ['version', {}, 'the operation must be one of get, store, erase, list'],
])('refuses %s with %j', async (operation, more, sentence) => {
  const { stdout, exitCode } = await callHelper(operation, 'registry.example.com', more)
  expect([stdout, exitCode]).toEqual([`edgemint: ${sentence}\n`, 1])
})

test('is also a command, with the registries as flags', async () => {
  gateway.answer(grant)
  const args = ['credential', 'docker', '--registry', 'registry.example.com', '--username', 'ci']
  const { stdout } = await runCli([...args, 'get'], workloadOf(gateway, 'registry.example.com'))
  expect(JSON.parse(stdout)).toMatchObject({ Username: 'ci', Secret: TOKEN })
})

test('ends in silence if docker has closed the pipe', async () => {
  const program = join(root, 'dist/cli/workload/docker-credential.js')
  const { environment } = workloadOf(gateway, '', { EDGEMINT_DOCKER_REGISTRIES: REGISTRIES })
  const child = spawn(process.execPath, [program, 'get'], { env: { ...environment } })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdout.destroy()
  await new Promise((resolve) => child.stdout.once('close', resolve))
  child.stdin.end('registry.example.org\n')
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  expect([stderr, exitCode]).toEqual(['', 0])
})
