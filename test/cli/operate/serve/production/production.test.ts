/** `edgemint serve --production` behind a proxy. The tests run in this order, on one gateway. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  exchangeForm,
  homeFlags,
  ISSUER,
  makeHome,
  readLog,
  startHome,
} from '../../../../../scripts/extra/home/world.ts'
import type { Started } from '../../../../../scripts/processes.ts'
import { runCli } from '../../../support/run.ts'
import { until } from '../../../support/serve.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-production-'))
const home = await makeHome(join(scratch, 'home'))
const LIMIT = 20
const FLAGS = ['--port', '0', '--behind-proxy', '127.0.0.1', '--metrics-port', '0']
const LIMITS = ['--rate-limit-address', `${LIMIT}/60`, '--rate-limit-subject', 'off']

let gateway: Started
let decisions = 0
beforeAll(async () => {
  gateway = await startHome(home, [...FLAGS, ...LIMITS, '--trust', home.trustFile])
})
afterAll(async () => {
  await gateway.stop()
  rmSync(scratch, { recursive: true, force: true })
})

const urlOf = (path: string) => `${String(gateway.ready.url)}${path}`

let last = 0
/** An address that no other request has. */
function newAddress(): string {
  last += 1
  return `203.0.113.${last}`
}

/** Exchanges as a client of the proxy, with an address of its own. */
async function exchange(subjectToken: string, forwardedFor = newAddress()): Promise<Response> {
  const response = await fetch(urlOf('/token'), {
    method: 'POST',
    headers: { 'x-forwarded-for': forwardedFor },
    body: exchangeForm(subjectToken),
  })
  if (response.status !== 429) decisions += 1
  return response
}

/** The decisions that the log has stored, by the counters of its shards. */
async function countStored(): Promise<number> {
  const metrics = await (await fetch(String(gateway.ready.metrics))).text()
  const lines = metrics.split('\n').filter((line) => line.startsWith('edgemint_exchanges_total{'))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

describe('a gateway in production', () => {
  it('prints one line when it is ready, makes no key, and is ready at /ready', async () => {
    expect(gateway.ready).toMatchObject({ issuer: ISSUER, revision: 1 })
    const response = await fetch(urlOf('/ready'))
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        status: 'ready',
        checks: Object.fromEntries(
          [
            'workerd',
            'settings',
            'signing_keys',
            'trust_store',
            'trust_document',
            'replay_ledger',
            'revocations',
            'decision_log',
          ].map((name) => [name, { ready: true }]),
        ),
        warnings: [],
      },
    ])
    const { keys } = (await (await fetch(urlOf('/jwks.json'))).json()) as { keys: object[] }
    const { kid } = JSON.parse(readFileSync(home.keyFile, 'utf8')) as { kid: string }
    expect(keys).toEqual([expect.objectContaining({ kid })])
  })

  it('exchanges a token, and is administered with the policy', async () => {
    const response = await exchange(await home.mint())
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ token_type: 'Bearer', scope: 'deploy' }),
    ])
    const form = exchangeForm(await home.mintAdmin(), ISSUER)
    const headers = { 'x-forwarded-for': newAddress() }
    const asked = await fetch(urlOf('/token'), { method: 'POST', headers, body: form })
    decisions += 1
    const { access_token } = (await asked.json()) as { access_token: string }
    const authorization = `Bearer ${access_token}`
    const current = await fetch(urlOf('/admin/v1/trust'), { headers: { authorization } })
    expect(current.headers.get('etag')).toBe('"1"')
  })

  it('EXC-14 RULE-24 limits each address that the proxy names, whatever a client writes', async () => {
    const address = newAddress()
    // With twice the limit, the minute of the counter may end once.
    const statuses: number[] = []
    for (let time = 0; time <= 2 * LIMIT; time += 1) {
      const response = await exchange('x.y.z', `198.51.100.${time}, ${address}`)
      statuses.push(response.status)
      await response.arrayBuffer()
    }
    expect(new Set(statuses)).toEqual(new Set([400, 429]))
    expect((await exchange('x.y.z', newAddress())).status).toBe(400)
  })

  it('EXC-14 tells its limits to a caller that is beyond them', async () => {
    const address = newAddress()
    let response = await exchange('x.y.z', address)
    while (response.status !== 429) response = await exchange('x.y.z', address)
    expect(response.headers.get('ratelimit-policy')).toBe(`"address";q=${LIMIT};w=60`)
  })

  it('LOG-01 writes one JSON object on each line of stderr, and no token', async () => {
    const canary = await home.mint({ sub: 'canary' })
    expect((await exchange(canary)).status).toBe(200)
    await until(() => gateway.said().trim().split('\n').length > decisions)
    const lines = readLog(gateway.said())
    expect(lines.map(({ event }) => event)).toContain('decision')
    expect(
      lines.every(({ at, event }) => typeof at === 'number' && typeof event === 'string'),
    ).toBe(true)
    expect(lines.find(({ event }) => event === 'serve_ready')).toMatchObject({
      level: 'info',
      issuer: ISSUER,
    })
    expect(gateway.said()).not.toContain(canary.split('.')[2])
    expect(gateway.said()).not.toContain('eyJ')
  })
})

/** The session of a process. The name of its program is in parentheses and may have spaces. */
function sessionOf(pid: number): number {
  const [, rest = ''] = /\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
  return Number(rest.split(' ')[3])
}

describe('the start of a gateway in production', () => {
  it('KEY-11 warns in the log if no signing key is active', async () => {
    const ended = await makeHome(join(scratch, 'ended'))
    const jwk = JSON.parse(readFileSync(ended.keyFile, 'utf8')) as object
    writeFileSync(ended.keyFile, JSON.stringify({ ...jwk, retires_at: '2020-01-01T00:00:00Z' }))
    const started = await startHome(ended, FLAGS)
    const warnings = () => readLog(started.said()).filter(({ event }) => event === 'serve_warning')
    await until(() => warnings().some(({ message }) => message === 'no signing key is active now'))
    await started.stop()
  })
})

describe('the end of a gateway in production', () => {
  it('is not decided by a terminal, which signals every process of its session', () => {
    const workerd = Number(readFileSync(join(home.state, 'workerd.pid'), 'utf8'))
    expect(sessionOf(workerd)).not.toBe(sessionOf(gateway.pid))
  })

  it('loses no decision', async () => {
    const answers = Array.from({ length: 40 }, async () => exchange(await home.mint()))
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    await gateway.stop()
    const events = readLog(gateway.said())
    expect(events.at(-1)).toMatchObject({ event: 'stopped', cutRequests: 0, lostDecisions: 0 })
  })

  it('WRK-09 a state of a newer release is refused, and nothing is changed', async () => {
    const path = join(home.state, 'state-version.json')
    const version = readFileSync(path, 'utf8')
    const newer = version.replace(/"TrustStore":\d+/, '"TrustStore":999')
    writeFileSync(path, newer)
    const run = await runCli(['serve', ...homeFlags(home), ...FLAGS], {
      environment: home.environment,
    })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(readLog(run.stderr)[0]?.message).toMatch(
      / was written by edgemint \S+, and this is \S+, which cannot read it: install /,
    )
    expect(readFileSync(path, 'utf8')).toBe(newer)
    writeFileSync(path, version.replace(/"TrustStore":\d+/, '"TrustStore":1'))
  })

  it('starts again with every decision, and says that it migrates an older state', async () => {
    gateway = await startHome(home, [...FLAGS, '--stop-delay', '600'])
    expect(gateway.ready).toMatchObject({ revision: 1 })
    expect(await countStored()).toBe(decisions)
    const migrates = readLog(gateway.said()).find(({ event }) => event === 'state_migrates')
    expect(migrates).toMatchObject({ level: 'warning', message: expect.stringContaining('backup') })
    expect(readFileSync(join(home.state, 'state-version.json'), 'utf8')).toContain(
      '"TrustStore":10',
    )
  })

  it('is announced at /ready while requests are still served, and a second signal ends at once', async () => {
    process.kill(gateway.pid, 'SIGTERM')
    let ready = await fetch(urlOf('/ready'))
    while (ready.status !== 503) ready = await fetch(urlOf('/ready'))
    expect(await ready.json()).toEqual({
      status: 'not_ready',
      checks: { stopping: { ready: false } },
      warnings: [],
    })
    const response = await exchange(await home.mint())
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close'])
    await gateway.stop('SIGINT')
    await expect(fetch(urlOf('/ready'))).rejects.toThrow()
  })
})
