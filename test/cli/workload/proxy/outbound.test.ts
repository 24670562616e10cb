/** `edgemint proxy` with an outbound proxy in the environment: requests and WebSockets. */
import { request as ask } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createAgents } from '../../../../src/cli/workload/proxy/agents.ts'
import { parseRoutes } from '../../../../src/cli/workload/proxy/routes.ts'
import { HOST, startForwardProxy, startRemote } from '../../support/forward-proxy.ts'
import { startGateway } from '../../support/gateway.ts'
import { grant, RESOURCE, SUBJECT_TOKEN, TOKEN } from '../../support/helper.ts'
import { type Running, startJob } from '../../support/job.ts'
import { startUpstream } from '../../support/proxy.ts'

const gateway = await startGateway()
const local = await startUpstream()
const remote = await startRemote((_request, response) => response.end('from afar'))
const outbound = await startForwardProxy(remote.port)
const running: Running[] = []

afterEach(async () => {
  for (const { child } of running) child.kill('SIGTERM')
  await Promise.all(running.splice(0).map(({ ended }) => ended))
})

async function start(upstream: string, more: Readonly<Record<string, string>> = {}) {
  gateway.answer(({ path }) => (path === '/token' ? grant() : { status: 200 }))
  const environment = {
    PATH: process.env.PATH ?? '',
    ...outbound.environment,
    NODE_EXTRA_CA_CERTS: remote.authority,
    EDGEMINT_URL: gateway.url,
    EDGEMINT_RESOURCE: RESOURCE,
    EDGEMINT_SUBJECT_TOKEN: SUBJECT_TOKEN,
    ...more,
  }
  const args = ['proxy', '--upstream', upstream, '--listen', '127.0.0.1:0']
  const job = startJob({ environment }, args)
  running.push(job)
  await job.until('\n')
  const { url }: { url: string } = JSON.parse(job.stdout())
  return { url, stderr: job.stderr }
}

const readText = async (url: string) => (await fetch(url)).text()

test('sends requests through the proxy, with the token inside the tunnel', async () => {
  const { url } = await start(`https://${HOST}`)
  expect(await readText(`${url}/a`)).toBe('from afar')
  expect(outbound.seen).toEqual([`CONNECT ${HOST}:443`])
  expect(remote.asked.at(-1)?.headers.authorization).toBe(`Bearer ${TOKEN}`)
})

test('sends WebSockets through the proxy', async () => {
  const { url } = await start(`https://${HOST}`)
  const echo = await new Promise<string>((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
    const sent = ask(url, {
      headers: { ...headers, 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' },
    })
    sent.once('upgrade', (_answer, socket) => {
      socket.once('data', (chunk: Buffer) => {
        resolve(chunk.toString())
        socket.destroy()
      })
      socket.write('hello')
    })
    sent.once('error', reject)
    sent.end()
  })
  expect(echo).toBe('hello')
  expect(outbound.seen).toEqual([`CONNECT ${HOST}:443`])
})

test('reads lower-case variables, and sends the login only to the proxy', async () => {
  const https_proxy = outbound.url.replace('//', '//job:word@')
  const { url, stderr } = await start(`https://${HOST}`, { HTTPS_PROXY: '', https_proxy })
  expect(await readText(url)).toBe('from afar')
  expect(outbound.logins).toEqual([`Basic ${Buffer.from('job:word').toString('base64')}`])
  expect(remote.asked.at(-1)?.headers['proxy-authorization']).toBeUndefined()
  expect(stderr()).not.toContain('word')
})

test('connects to upstreams on this machine directly', async () => {
  const { url } = await start(local.url)
  expect(await readText(url)).toBe('ok')
  expect(outbound.seen).toEqual([])
})

test.each(['*', HOST, '.example', 'example', `${HOST}:443`])(
  'connects directly with NO_PROXY=%s',
  async (NO_PROXY) => {
    const { url } = await start(`https://${HOST}`, { NO_PROXY })
    // Only the proxy can resolve that host.
    expect((await fetch(url)).status).toBe(502)
    expect(outbound.seen).toEqual([])
  },
)

const routes = parseRoutes(`https://${HOST}`, [])

test('does not start when this version of Node cannot use the configured proxy', () => {
  const environment = { HTTPS_PROXY: 'http://job:word@proxy.example' }
  const runtime = { environment, proxies: 'unsupported', version: 'v20.20.2' } as const
  expect(() => createAgents(routes, runtime)).toThrow(
    '--upstream: HTTPS_PROXY names a proxy, which Node v20.20.2 cannot use',
  )
})

test.each([
  'socks5://job:word@proxy.example',
  'proxy.example:3128',
  'http://job:word%@proxy.example',
  'http://job:word%0d%0ax@proxy.example',
  'http://job:word@[',
])('does not start with the proxy %s, and does not show it', (HTTPS_PROXY) => {
  const runtime = { environment: { HTTPS_PROXY }, proxies: 'used' } as const
  expect(() => createAgents(routes, runtime)).toThrow(
    /^HTTPS_PROXY must be the http or https URL of a proxy$/,
  )
})
