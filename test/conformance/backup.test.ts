/**
 * A backup of a gateway under load is restored, and its export is imported into another gateway. The
 * tests run in this order.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { DECISION_FLUSH_MILLISECONDS } from '../../src/core/decisions/limits.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../src/core/limits.ts'
import { runCli } from '../cli/support/run.ts'
import { ADMIN_ISSUER_PATH, adminPolicy } from '../support/admin-policy.ts'
import {
  accessToken,
  adminToken,
  root,
  startWorld,
  trustDocument,
  type World,
} from './support/world.ts'

const CLI = join(root, 'dist/cli/shell/main.js')
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-backup-'))
const place = (name: string) => join(scratch, name)
const now = () => Math.floor(Date.now() / 1000)

let world: World
/** After the backup, requests go to the restored gateway at the same address. */
let restored: Started | undefined
let moved: Started | undefined
const used: string[] = []
const revoked: string[] = []
let live = ''

/** The rule `once` takes each subject token of its branch once. */
function document(issuerUrl: string, ruleName = 'deploy') {
  const trust = trustDocument(issuerUrl, ruleName)
  const [rule] = trust.rules
  if (rule === undefined) throw new Error('no rule')
  const once = {
    ...rule,
    name: 'once',
    when: { ...rule.when, ref: 'refs/heads/once' },
    grant: { ...rule.grant, replay: 'once' },
  }
  const main = { ...rule, when: { ...rule.when, ref: 'refs/heads/main' } }
  return { ...trust, rules: [once, main] }
}

beforeAll(async () => {
  world = await startWorld((issuer) => ({ BOOTSTRAP_TRUST: adminPolicy(issuer) }), document)
})
afterAll(async () => {
  await restored?.stop()
  await moved?.stop()
  await world.close()
  rmSync(scratch, { recursive: true, force: true })
})

const state = () => join(world.trustFile, '../state')
const mintOnce = (claims: object = {}) =>
  world.mint({ claims: { ref: 'refs/heads/once', ...claims } })

async function exchange(token: string) {
  const response = await world.exchange(token)
  return { status: response.status, ...((await response.json()) as { error_description?: string }) }
}

async function isActive(token: string): Promise<boolean> {
  const response = await fetch(`${world.url()}/introspect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams({ token }),
  })
  return ((await response.json()) as { active: boolean }).active
}

async function revoke(token: string): Promise<void> {
  const body = new URLSearchParams({ token })
  const response = await fetch(`${world.url()}/revoke`, { method: 'POST', body })
  if (response.status === 200) revoked.push(token)
}

/** The restored gateway refuses tokens of the first seconds. The issuer's clock may be ahead. */
async function restoredAdminToken(): Promise<string> {
  const iat = readRestoredAt() + CLOCK_LEEWAY_SECONDS + 1
  const claims = { environment: 'production', iat, nbf: iat, exp: iat + 300 }
  const request = { provider: 'github-actions', audience: world.url(), claims }
  const subjectToken = await world.issuer.mint(request, ADMIN_ISSUER_PATH)
  const body = world.form(subjectToken, { resource: world.url() })
  const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

async function adminFlags(): Promise<readonly string[]> {
  const token = restored === undefined ? await adminToken(world) : await restoredAdminToken()
  writeFileSync(place('admin.jwt'), token)
  return ['--url', world.url(), '--token-file', place('admin.jwt')]
}

async function runWell(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runCli(args)
  expect(exitCode, stderr).toBe(0)
  return stdout
}

/** The replay marks of the restored state. The time of the restore would refuse the tokens anyway. */
function countMarks(): number {
  const folder = join(place('restored'), 'objects/do/edgemint-ReplayLedger')
  const shards = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
  return shards.reduce((sum, name) => {
    const database = new DatabaseSync(join(folder, name))
    const row = database.prepare('SELECT COUNT(*) AS count FROM marks').get()
    database.close()
    return sum + Number(row?.count)
  }, 0)
}

function readRestoredAt(): number {
  const text = readFileSync(join(place('restored'), 'restored.json'), 'utf8')
  return (JSON.parse(text) as { restored_at: number }).restored_at
}

describe('edgemint backup', () => {
  it('copies a gateway under load, with everything acknowledged before it began', async () => {
    live = await accessToken(world)
    writeFileSync(place('second.json'), JSON.stringify(document(world.issuer.issuer, 'renamed')))
    const flags = await adminFlags()
    await runWell('apply', place('second.json'), ...flags, '--message', 'rename the rule')
    let isLoaded = true
    const load = Array.from({ length: 6 }, async () => {
      while (isLoaded) {
        const token = await mintOnce()
        if ((await exchange(token)).status === 200) used.push(token)
        await revoke(await accessToken(world))
      }
    })
    while (used.length < 60) await wait(10)
    // The decisions of the last half second may not be in the log yet.
    await wait(2 * DECISION_FLUSH_MILLISECONDS)
    const [usedBefore, revokedBefore] = [used.length, revoked.length]
    await runWell('backup', '--state', state(), '--out', place('backup'), '--with-keys')
    const isBusy = used.length > usedBefore
    isLoaded = false
    await Promise.all(load)
    expect(isBusy).toBe(true)
    used.splice(usedBefore)
    revoked.splice(revokedBefore)
    await runWell('export', '--out', place('gateway.export'), ...flags)
  })

  it('leaves nothing that can be restored when it is killed', async () => {
    const args = [CLI, 'backup', '--state', state(), '--out', place('killed')]
    const child = spawn(process.execPath, args, { stdio: 'ignore' })
    const partial = () => readdirSync(scratch).find((name) => name.startsWith('.killed.partial'))
    while (partial() === undefined && child.exitCode === null) await wait(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(place('killed'))).toBe(false)
    const { stderr, exitCode } = await runCli([
      ...['restore', place(partial() ?? ''), '--state', place('from-killed')],
    ])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('it has no manifest.json, so it is no complete backup')
    expect(existsSync(place('from-killed'))).toBe(false)
  })
})

describe('edgemint restore', () => {
  it('makes a state directory that serve starts from', async () => {
    await world.kill('SIGKILL')
    await runWell('restore', place('backup'), '--state', place('restored'))
    expect(countMarks()).toBeGreaterThanOrEqual(used.length)
    const { port } = new URL(world.url())
    const flags = ['--port', port, '--state', place('restored'), '--local-issuers']
    restored = await startProcess(process.execPath, [CLI, 'serve', ...flags], {
      BOOTSTRAP_TRUST: adminPolicy(world.issuer.issuer),
    })
    expect(restored.ready.revision).toBe(2)
  })

  it('keeps every acknowledged revocation, at each check', async () => {
    expect(revoked.length).toBeGreaterThan(0)
    for (const token of revoked) expect(await isActive(token)).toBe(false)
    const [token = ''] = revoked
    const headers = { authorization: `Bearer ${token}` }
    const resource = encodeURIComponent('https://api.example.com')
    const verified = await fetch(`${world.url()}/verify?resource=${resource}`, { headers })
    expect(verified.status).toBe(401)
    expect(await isActive(live)).toBe(true)
  })

  it('REP-01 refuses every subject token that was used, and those of an unknown past', async () => {
    for (const token of used) expect(await exchange(token)).toMatchObject({ status: 400 })
    const restoredAt = readRestoredAt()
    expect((await exchange(await mintOnce({ iat: restoredAt }))).status).toBe(400)
    while (now() < restoredAt + 2) await wait(100)
    const iat = restoredAt + CLOCK_LEEWAY_SECONDS + 1
    expect((await exchange(await mintOnce({ iat, nbf: iat, exp: iat + 300 }))).status).toBe(200)
    expect((await exchange(await world.mint())).status).toBe(200)
  })

  it('keeps the decision log, whose chain goes on', async () => {
    await runWell('decisions', 'export', '--out', place('log'), ...(await adminFlags()))
    const files = readdirSync(place('log')).map((name) => join(place('log'), name))
    await runWell('audit', 'verify', ...files, '--keys', `${world.url()}/jwks.json`)
    const texts = files.map((file) => readFileSync(file, 'utf8')).join('')
    expect(texts).toContain('"rule":"once"')
  })
})

describe('edgemint import', () => {
  async function startMoved(variables: Readonly<Record<string, string>> = {}): Promise<World> {
    const flags = ['--port', '0', '--state', place('moved'), '--local-issuers']
    moved = await startProcess(process.execPath, [CLI, 'serve', ...flags], {
      BOOTSTRAP_TRUST: adminPolicy(world.issuer.issuer),
      ...variables,
    })
    const url = String(moved.ready.url)
    return { ...world, url: () => url }
  }

  it('restores the history in another gateway, once', async () => {
    const other = await startMoved()
    writeFileSync(place('other.jwt'), await adminToken(other))
    const flags = ['--url', other.url(), '--token-file', place('other.jwt')]
    await runWell('import', place('gateway.export'), ...flags, '--dry-run')
    const imported = await runWell('import', place('gateway.export'), ...flags, '--json')
    expect(JSON.parse(imported)).toMatchObject({ revision: 3 })
    const [third, ...rest] = JSON.parse(await runWell('trust', 'log', ...flags, '--json')).revisions
    const here = JSON.parse(await runWell('trust', 'log', ...(await adminFlags()), '--json'))
    expect(rest).toEqual(here.revisions)
    expect(third).toMatchObject({ message: `import of revision 2 of ${world.url()}` })
    const { tokens } = JSON.parse(await runWell('revocations', 'list', ...flags, '--json'))
    expect(tokens).toBeGreaterThanOrEqual(revoked.length)
    const subjectToken = await world.mint()
    const response = await fetch(`${other.url()}/token`, {
      method: 'POST',
      body: world.form(subjectToken),
    })
    expect(response.status).toBe(200)

    const again = await runCli(['import', place('gateway.export'), ...flags])
    expect(again.exitCode).toBe(1)
    expect(again.stderr).toContain(
      'the gateway has revision 3, and an import needs one without any',
    )
    const only = ['--only', 'revocations', '--json']
    const added = await runWell('import', place('gateway.export'), ...flags, ...only)
    expect(JSON.parse(added)).toEqual({ revocations: 0 })
  })
})
