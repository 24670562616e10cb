/** `edgemint serve --metrics-port`, as Prometheus asks it. */

import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Started, startProcess } from '../../../../scripts/processes.ts'
import { parseMetricsPort } from '../../../../src/cli/operate/listen-flags.ts'
import { startDevIssuer } from '../../../../src/dev/issuer/issuer.ts'
import { RELEASE } from '../../../../src/protocol/release.ts'
import { API, ID_TOKEN, TOKEN_EXCHANGE, trustDocument } from '../../../conformance/support/world.ts'
import { closedPort } from '../../../support/closed-port.ts'
import { renderRequest, sendRaw, statusesOf } from '../../support/raw.ts'
import { runCli } from '../../support/run.ts'
import { CLI, prepareServe, until } from '../../support/serve.ts'

const { scratch, newState } = prepareServe()
const issuer = await startDevIssuer()
let gateway: Started
let url: string
let metrics: string

beforeAll(async () => {
  const trust = join(scratch, 'trust.json')
  writeFileSync(trust, JSON.stringify(trustDocument(issuer.issuer)))
  const args = ['--port', '0', '--metrics-port', '0', '--state', newState(), '--local-issuers']
  gateway = await startProcess(process.execPath, [CLI, 'serve', ...args, '--trust', trust])
  url = String(gateway.ready.url)
  metrics = String(gateway.ready.metrics)
})
afterAll(async () => {
  await gateway.stop()
  await issuer.close()
})

async function exchange(resource = API): Promise<number> {
  const request = { provider: 'github-actions', audience: 'https://sts.example.com' }
  const body = new URLSearchParams({
    grant_type: TOKEN_EXCHANGE,
    subject_token_type: ID_TOKEN,
    subject_token: await issuer.mint(request, 'github'),
    resource,
  })
  return (await fetch(`${url}/token`, { method: 'POST', body })).status
}

async function read(accept = 'application/openmetrics-text; version=1.0.0'): Promise<string> {
  const response = await fetch(metrics, { headers: { accept } })
  expect(response.status).toBe(200)
  return response.text()
}

/** The sum over the shards, of which an isolate uses one. */
function sumOf(text: string, sample: string): number {
  const lines = text.split('\n').filter((line) => line.startsWith('edgemint_'))
  const own = lines.filter((line) => line.replace(/shard="\d+",?/, '').startsWith(`${sample} `))
  return own.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

const GRANTED =
  'edgemint_exchanges_total{issuer="github",rule="deploy",outcome="granted",reason=""}'
const DENIED =
  'edgemint_exchanges_total{issuer="github",rule="",outcome="denied",reason="resource_unknown"}'

describe('edgemint serve --metrics-port', () => {
  it('counts exchanges without a token', async () => {
    expect(metrics).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    expect(await exchange()).toBe(200)
    expect(await exchange()).toBe(200)
    expect(await exchange('https://nobody.example.com')).toBe(400)
    let text = ''
    await until(async () => {
      text = await read()
      return sumOf(text, GRANTED) === 2 && sumOf(text, DENIED) === 1
    })
    expect(sumOf(text, 'edgemint_exchange_duration_seconds_count{issuer="github"}')).toBe(3)
    expect(sumOf(text, 'edgemint_decision_log_shard_up{}')).toBe(8)
    expect(text).toContain(`edgemint_build_info{version="${RELEASE}"} 1\n`)
    expect(text).toContain('edgemint_trust_revision 1\n')
    expect(text).toMatch(/edgemint_issuer_keys_failed_fetches\{key_source="http[^"]+"\} 0\n/)
    expect(text.endsWith('# EOF\n')).toBe(true)
    expect(await read('*/*')).not.toContain('# EOF')
  })

  it('serves nothing else, and not at the address of the gateway', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect((await fetch(metrics.replace('/metrics', '/'))).status).toBe(404)
    expect((await fetch(metrics, { method: 'POST' })).status).toBe(405)
    expect((await fetch(metrics, { method: 'HEAD' })).status).toBe(200)
  })

  it('ADM-10 refuses a name that is not one of this machine', async () => {
    const ask = async (host: string, target = '/metrics') =>
      statusesOf(await sendRaw(metrics, renderRequest(`GET ${target} HTTP/1.1`, [host])))
    expect(await ask('localhost')).toEqual([200])
    expect(await ask('rebound.example')).toEqual([421])
    expect(await ask('rebound.example', metrics)).toEqual([200])
    expect(await ask('localhost', 'http://rebound.example/metrics')).toEqual([421])
  })

  it.each([
    ['x', '--metrics-port must be a number from 0 to 65535'],
    ['65536', '--metrics-port must be a number from 0 to 65535'],
  ])('refuses the port %s', async (port, sentence) => {
    const { exitCode, stderr } = await runCli(['serve', '--metrics-port', port])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)])
  })

  it.each([
    ['the default host', []],
    ['a name of this machine', ['--host', 'localhost']],
    ['every address', ['--host', '::', '--issuer', 'https://sts.example.com']],
  ])('refuses the port of the gateway at %s, before it makes a state', async (_, flags) => {
    const state = newState()
    const port = String(await closedPort())
    const args = ['--port', port, '--metrics-port', port, '--state', state, ...flags]
    expect(await runCli(['serve', ...args])).toEqual({
      stdout: '',
      stderr: `edgemint: --port and --metrics-port are both ${port}\nedgemint: hint: choose another with --metrics-port; port 0 picks a free port\n`,
      exitCode: 2,
    })
    expect(existsSync(join(state, 'objects'))).toBe(false)
  })

  it.each([
    ['::1', 9000, 9000],
    ['127.0.0.1', 0, 0],
    ['127.0.0.1', 8787, 9000],
  ])('accepts with the host %s the ports %i and %i', (host, port, metricsPort) => {
    expect(parseMetricsPort(String(metricsPort), { host, port })).toBe(metricsPort)
  })

  it('names the address of the gateway when that one is in use, and the metrics have its port', async () => {
    const holder = createServer().listen(0, '127.0.0.2')
    await once(holder, 'listening')
    const port = String((holder.address() as AddressInfo).port)
    const args = ['--host', '127.0.0.2', '--port', port, '--metrics-port', port]
    const { stderr } = await runCli(['serve', ...args, '--state', newState()])
    holder.close()
    expect(stderr).toContain(`edgemint: 127.0.0.2:${port} is already in use`)
    expect(stderr).toContain('choose another with --port;')
  })

  it('names the flag when the port is in use', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = String(typeof address === 'object' ? address?.port : address)
    const args = ['serve', '--port', '0', '--metrics-port', port, '--state', newState()]
    const { exitCode, stderr } = await runCli(args)
    await new Promise((resolve) => taken.close(resolve))
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`edgemint: 127.0.0.1:${port} is already in use`)
    expect(stderr).toContain('choose another with --metrics-port')
  })
})
