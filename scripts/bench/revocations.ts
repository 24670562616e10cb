/**
 * `npm run bench:revocations`: the CPU time of workerd for one more revocation, for the first and
 * for a warm check at `/verify`, and its memory, with up to a million live revocations. The rows are
 * written to the file of the revocation log between two starts of the gateway.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { startDevIssuer } from '../../dist/dev/index.js'
import { makeKey, makeTrust, mintTokens, RESOURCE, renderForm } from './fixtures.ts'
import { mebibytes, readPageBytes, readProcessStat } from './process-stat.ts'
import { type Server, startMeasuredGateway } from './servers.ts'
import { quartiles } from './statistics.ts'

const COUNTS = [0, 10_000, 100_000, 1_000_000]
const ROUNDS = 5
const WARM_CHECKS = 1000
/** A publication follows within a second. */
const PUBLISHED_MILLISECONDS = 2500
/** An isolate reads the pointer again after ten seconds. */
const EXPIRED_MILLISECONDS = 10_500
const LIFETIME_SECONDS = 3600

type Answer = { readonly status: number; readonly text: string }

function ask(
  server: Server,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  const { host, port } = server
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

async function exchange(server: Server, subjectToken: string): Promise<string> {
  const { status, text } = await ask(server, 'POST', '/token', FORM, renderForm(subjectToken))
  if (status !== 200) throw new Error(`/token answered ${status}: ${text}`)
  return (JSON.parse(text) as { access_token: string }).access_token
}

async function revoke(server: Server, token: string): Promise<void> {
  const body = new URLSearchParams({ token }).toString()
  const { status, text } = await ask(server, 'POST', '/revoke', FORM, body)
  if (status !== 200) throw new Error(`/revoke answered ${status}: ${text}`)
}

async function verify(server: Server, token: string): Promise<number> {
  const path = `/verify?resource=${encodeURIComponent(RESOURCE)}`
  return (await ask(server, 'GET', path, { authorization: `Bearer ${token}` })).status
}

/** Of all threads of the process, in milliseconds. See proc_pid_schedstat(5). */
function cpuMilliseconds({ pid }: Server): number {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const times = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  )
  return times.reduce((sum, time) => sum + time, 0) / 1e6
}

async function measure(server: Server, work: () => Promise<unknown>): Promise<number> {
  const before = cpuMilliseconds(server)
  await work()
  return cpuMilliseconds(server) - before
}

function fill(stateDir: string, count: number): void {
  const files = readdirSync(stateDir, { recursive: true, encoding: 'utf8' })
  const name = files.find((path) => /RevocationLog\/[0-9a-f]+\.sqlite$/.test(path))
  if (name === undefined) throw new Error('the revocation log has no file')
  const database = new DatabaseSync(join(stateDir, name))
  database
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO revocations (grain, id, expires_at, revoked_at, revoked_by)
       SELECT 'token', lower(hex(randomblob(16))), ?, 0, 'bench' FROM n WHERE ? > 0`,
    )
    .run(count, Math.floor(Date.now() / 1000) + LIFETIME_SECONDS, count)
  database.close()
}

async function expectFault(server: Server): Promise<void> {
  const { text } = await ask(server, 'GET', '/health')
  const { checks } = JSON.parse(text) as { checks: { revocations: { fault?: string } } }
  if (checks.revocations.fault !== undefined) throw new Error(checks.revocations.fault)
}

async function measureCount(server: Server, subjectTokens: string[]) {
  const next = async () => exchange(server, subjectTokens.pop() ?? '')
  const kept = await next()
  await revoke(server, await next())
  await pause(2 * PUBLISHED_MILLISECONDS)
  const cold = await measure(server, () => verify(server, kept))
  await expectFault(server)
  const more: number[] = []
  const first: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const token = await next()
    await pause(500)
    const idle = await measure(server, () => pause(PUBLISHED_MILLISECONDS))
    const busy = await measure(server, async () => {
      await revoke(server, token)
      await pause(PUBLISHED_MILLISECONDS)
    })
    more.push(busy - idle)
    await pause(EXPIRED_MILLISECONDS - PUBLISHED_MILLISECONDS)
    first.push(await measure(server, () => verify(server, kept)))
    const status = await verify(server, token)
    if (status !== 401) throw new Error(`/verify answered ${status} for a revoked token`)
  }
  const warm = await measure(server, async () => {
    for (let check = 0; check < WARM_CHECKS; check += 1) await verify(server, kept)
  })
  const stat = readProcessStat(server.pid)
  const memory = stat === undefined ? 0 : mebibytes(stat, readPageBytes())
  return {
    cold,
    more: quartiles(more).median,
    first: quartiles(first).median,
    warm: warm / WARM_CHECKS,
    memory,
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-revocations-'))
const issuer = await startDevIssuer()
try {
  const key = await makeKey('ES256')
  const trust = makeTrust(issuer.issuer, { rules: 10, shape: 'exact', replay: 'reuse' })
  const base = join(scratch, 'base')
  const made = await startMeasuredGateway({ stateDir: base, key, trust })
  const [first = ''] = await mintTokens(issuer, { size: 'ordinary' }, 1)
  await revoke(made, await exchange(made, first))
  await pause(PUBLISHED_MILLISECONDS)
  await made.close()
  console.log(
    'live revocations | one more, published | first check | warm check | cold check | memory',
  )
  for (const count of COUNTS) {
    const stateDir = join(scratch, String(count))
    cpSync(base, stateDir, { recursive: true })
    fill(stateDir, count)
    const server = await startMeasuredGateway({ stateDir, key, trust })
    const tokens = await mintTokens(issuer, { size: 'ordinary' }, ROUNDS + 2)
    const { cold, more, first, warm, memory } = await measureCount(server, tokens)
    const cells = [more, first, warm, cold].map((value) => `${value.toFixed(2)} ms`)
    console.log([count, ...cells, `${memory.toFixed(0)} MiB`].join(' | '))
    await server.close()
  }
} finally {
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
}
