/** `edgemint proxy` as a process, in the environment of a CI job, against a real gateway. */
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { startJobWorld } from '../../../scripts/extra/job-world.ts'
import { revoke } from '../../../src/client/exchange/revoke.ts'
import { closedPort } from '../../support/closed-port.ts'
import { makeSelfSigned } from '../../support/self-signed.ts'
import { eventually, type Running, startJob } from '../support/job.ts'
import { putLarge, refuseEarly } from '../support/refusing-upstream.ts'
import { runCli } from '../support/run.ts'

const world = await startJobWorld()
const running: Running[] = []
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGTERM')
    await ended
  }
})
afterAll(() => world.close())

async function start(
  args: readonly string[] = [],
  upstream = world.apiUrl,
  environment: Readonly<Record<string, string>> = {},
) {
  const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
  const flags = ['--upstream', upstream, ...listen, ...args]
  const proxy = startJob(world, ['proxy', ...flags], environment)
  running.push(proxy)
  await proxy.until('\n')
  const { url } = JSON.parse(proxy.stdout()) as { url: string }
  return { ...proxy, url }
}

const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runCli(['proxy', ...args], { environment: { ...world.environment, ...more } })

/** Returns the tokens that the API accepted for this path. */
const tokensAt = (path: string) => [...(world.api.tokens.get(path) ?? [])]

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url)
  await response.arrayBuffer()
  return response.status
}

// A terminal that closes sends SIGHUP, and the shell may repeat it.
test.each(['SIGTERM', 'SIGHUP'] as const)('serves, and revokes its token at %s', async (signal) => {
  const proxy = await start()
  expect(proxy.stdout()).toMatch(/^\{"url":"http:\/\/127\.0\.0\.1:\d+"\}\n$/)
  expect(await statusOf(`${proxy.url}/${signal}`)).toBe(200)
  proxy.child.kill(signal)
  expect([await proxy.ended, proxy.stderr()]).toEqual([0, ''])
  const [token = ''] = tokensAt(`/${signal}`)
  await eventually(() => world.ask(token), 401)
  await expect(fetch(proxy.url)).rejects.toThrow()
})

test('completes an open request, and accepts no new one, when it is stopped', async () => {
  let answer = () => {}
  const reached = new Promise<void>((resolve) => {
    upstream.on('request', (incoming, response) => {
      if (incoming.url !== '/slow') {
        response.end('at once')
        return
      }
      answer = () => response.end('late')
      resolve()
    })
  })
  const proxy = await start([], await urlOf(upstream))
  const slow = fetch(`${proxy.url}/slow`)
  await reached
  proxy.child.kill('SIGHUP')
  await eventually(
    () =>
      fetch(proxy.url).then(
        () => 'taken',
        () => 'not taken',
      ),
    'not taken',
  )
  proxy.child.kill('SIGHUP')
  answer()
  const response = await slow
  expect([response.status, await response.text(), await proxy.ended]).toEqual([200, 'late', 0])
})

const upstream = createServer()
afterAll(() => void upstream.close())

async function urlOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

test('serves with its token while the gateway is down, then answers 503, then recovers', async () => {
  const proxy = await start(['--lifetime', '10'])
  const path = `${proxy.url}/outage`
  expect(await statusOf(path)).toBe(200)
  const held = tokensAt('/outage')
  await world.stopGateway()
  // The upstream cannot check revocations now. It only counts that the request reached it.
  expect(await statusOf(path)).not.toBe(503)
  await eventually(async () => proxy.stderr().includes('could not be refreshed'), true)
  await eventually(() => statusOf(path), 503)
  const response = await fetch(path)
  expect(await response.json()).toEqual({
    type: 'about:blank',
    status: 503,
    title: 'Service Unavailable',
    detail: 'the proxy has no token now; its stderr says why',
  })
  await world.startGateway()
  await eventually(() => statusOf(path), 200)
  expect(tokensAt('/outage').length).toBeGreaterThan(held.length)
  expect(proxy.stderr()).toContain('edgemint: the token was refreshed\n')
  for (const token of tokensAt('/outage')) expect(proxy.stderr()).not.toContain(token)
}, 60_000)

test('gets another token when its token was revoked', async () => {
  const proxy = await start()
  expect(await statusOf(`${proxy.url}/revoked`)).toBe(200)
  const [token = ''] = tokensAt('/revoked')
  await revoke({ url: world.gatewayUrl, token })
  await eventually(() => world.ask(token), 401)
  expect(await statusOf(`${proxy.url}/revoked`)).toBe(200)
  expect(tokensAt('/revoked')).toHaveLength(2)
})

test('has GitHub Actions mask each token', async () => {
  const listen = ['--listen', '127.0.0.1:0']
  const proxy = startJob(world, ['proxy', '--upstream', world.apiUrl, ...listen], {
    GITHUB_ACTIONS: 'true',
  })
  running.push(proxy)
  await proxy.until('\n')
  expect(await statusOf(`${JSON.parse(proxy.stdout()).url}/masked`)).toBe(200)
  const [token = ''] = tokensAt('/masked')
  const [subject, issued, ...rest] = proxy.stderr().split('\n')
  expect(subject).toMatch(/^::add-mask::eyJ/)
  expect([issued, rest]).toEqual([`::add-mask::${token}`, ['']])
})

test('writes an access log without the query when the flag is set', async () => {
  const proxy = await start(['--access-log'])
  expect(await statusOf(`${proxy.url}/logged?token=secret`)).toBe(200)
  await eventually(async () => /^GET \/logged 200 \d+ ms\n$/.test(proxy.stderr()), true)
})

test('serves several upstreams by prefix', async () => {
  const proxy = await start(['--route', `/other=${world.apiUrl}/deep`])
  expect(await statusOf(`${proxy.url}/other/thing`)).toBe(200)
  expect(tokensAt('/deep/thing')).toHaveLength(1)
})

describe('an upstream with TLS', () => {
  const { certificate, privateKey } = makeSelfSigned()
  const authorities = join(world.scratch, 'authorities.pem')
  const asked: string[] = []
  const secure = createSecureServer(
    { cert: certificate, key: privateKey },
    (incoming, response) => {
      asked.push(incoming.headers.host ?? '')
      response.end('secure')
    },
  )
  const sockets = new WebSocketServer({ server: secure })
  sockets.on('connection', (socket) => socket.send('secure'))
  let port = 0
  beforeAll(async () => {
    writeFileSync(authorities, certificate)
    port = Number(new URL(await urlOf(secure)).port)
  })
  afterAll(() => {
    sockets.close()
    secure.closeAllConnections()
    secure.close()
  })

  test('receives the token when its certificate is trusted, for requests and WebSockets', async () => {
    const trusting = { NODE_EXTRA_CA_CERTS: authorities }
    const proxy = await start([], `https://localhost:${port}`, trusting)
    expect(await statusOf(proxy.url)).toBe(200)
    expect(asked).toEqual([`localhost:${port}`])
    const socket = new WebSocket(proxy.url.replace('http:', 'ws:'))
    expect(
      await new Promise((resolve) => socket.once('message', (data) => resolve(String(data)))),
    ).toBe('secure')
    socket.close()
  })

  test('reaches the program with an answer that comes before the whole body', async () => {
    const refusing = createTlsServer({ cert: certificate, key: privateKey }, refuseEarly)
    await new Promise<void>((resolve) => refusing.listen(0, 'localhost', resolve))
    onTestFinished(() => void refusing.close())
    const upstream = `https://localhost:${(refusing.address() as AddressInfo).port}`
    const proxy = await start([], upstream, { NODE_EXTRA_CA_CERTS: authorities })
    for (let turn = 0; turn < 30; turn += 1) expect(await putLarge(proxy.url, {})).toBe('413 big')
  })

  test('receives nothing when its certificate is not trusted', async () => {
    asked.length = 0
    const proxy = await start([], `https://localhost:${port}`)
    expect([await statusOf(proxy.url), asked]).toEqual([502, []])
  })
})

describe('a Unix socket', () => {
  const path = join(world.scratch, 'proxy.sock')

  function getBySocket(target: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: path, path: target, host: 'api.example.com' })
      asked.once('response', (response) => resolve(response.resume().statusCode))
      asked.once('error', reject)
      asked.end()
    })
  }

  test('can be opened only by its owner, and is removed at the end', async () => {
    const proxy = await start(['--listen', `unix:${path}`])
    expect(proxy.url).toBe(`unix:${path}`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await getBySocket('/by-socket')).toBe(200)
    const second = await run(['--upstream', world.apiUrl, '--listen', `unix:${path}`])
    expect(second).toEqual({
      stdout: '',
      stderr: `edgemint: ${path} is already in use\nedgemint: hint: choose another with --listen unix:PATH\n`,
      exitCode: 2,
    })
    expect(await getBySocket('/by-socket')).toBe(200)
    proxy.child.kill('SIGTERM')
    expect(await proxy.ended).toBe(0)
    expect(existsSync(path)).toBe(false)
  })

  test('replaces the socket of a killed proxy, and nothing else', async () => {
    const killed = await start(['--listen', `unix:${path}`])
    killed.child.kill('SIGKILL')
    await killed.ended
    expect(existsSync(path)).toBe(true)
    await start(['--listen', `unix:${path}`])
    expect(await getBySocket('/by-socket')).toBe(200)
    const file = join(world.scratch, 'notes.txt')
    writeFileSync(file, 'mine')
    const { stderr, exitCode } = await run(['--upstream', world.apiUrl, '--listen', `unix:${file}`])
    expect([exitCode, existsSync(file)]).toEqual([2, true])
    expect(stderr).toContain('exists and is not a socket')
  })
})

test('ends with 3 when the gateway is down at the start', async () => {
  const url = `http://127.0.0.1:${await closedPort()}`
  const flags = ['--url', url, '--upstream', world.apiUrl, '--listen', '127.0.0.1:0']
  const { stdout, stderr, exitCode } = await run(flags, { EDGEMINT_RETRY_SECONDS: '0' })
  expect([stdout, exitCode]).toEqual(['', 3])
  expect(stderr).toBe(
    `edgemint: cannot reach ${new URL(url).host} (ECONNREFUSED)\n` +
      'edgemint: hint: nothing listens at this address and port: check both, and that the server runs\n',
  )
})

test('ends with 1 when the gateway refuses', async () => {
  const flags = ['--upstream', world.apiUrl, '--listen', '127.0.0.1:0', '--scope', 'deploy:write']
  const { stdout, exitCode } = await run(flags)
  expect([stdout, exitCode]).toEqual(['', 1])
})

test.each([
  ['no upstream', ['--listen', '127.0.0.1:0'], '--upstream is required'],
  ['no listening address', ['--upstream', 'https://api.example.com'], '--listen is required'],
  [
    'an address that others can reach',
    ['--upstream', 'https://api.example.com', '--listen', '0.0.0.0:8080'],
    'would let everyone who can reach it use the token',
  ],
  [
    'an address of another machine',
    ['--upstream', 'https://api.example.com', '--listen', '192.0.2.1:0', '--allow-remote'],
    'is not an address of this machine',
  ],
  [
    'an address in use',
    ['--upstream', 'https://api.example.com', '--listen', new URL(world.apiUrl).host],
    'is already in use',
  ],
])('ends with 2 for %s', async (_name, args, sentence) => {
  const { stdout, stderr, exitCode } = await run(args)
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr).toContain(sentence)
})
