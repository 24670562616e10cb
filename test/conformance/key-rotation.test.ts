/**
 * The runbook of docs/keys.md, with its own commands, against `edgemint serve` while an API in another
 * process gets requests. A recorded `npx` stores secrets in a folder, and the gateway starts again with
 * them, as a deployment does after `wrangler secret put`. The clock of workerd cannot be set, so time
 * passes by moving every date of the keys into the past.
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../examples/verify-express/app.ts'
import { adminPolicy } from '../support/admin-policy.ts'
import { readBlocks } from './support/docs/pages.ts'
import { API, accessToken, adminToken, root, startWorld, type World } from './support/world.ts'

const CALLERS = 8
const HOUR = 3600
const DATES = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/g
const folder = mkdtempSync(join(tmpdir(), 'edgemint-rotation-'))
const secrets = join(folder, 'secrets')
const environment: Record<string, string> = {}
let world: World
let server: Server
let url: string

const NPX = `#!${process.execPath}
const { rmSync, writeFileSync } = require('node:fs')
const { spawnSync } = require('node:child_process')
const [program, ...args] = process.argv.slice(2)
if (program === 'edgemint') {
  const { status } = spawnSync(process.execPath, [process.env.CLI, ...args], { stdio: 'inherit' })
  process.exit(status)
}
const [, verb, name] = args
const path = process.env.SECRETS + '/' + name
if (verb === 'delete') rmSync(path)
else writeFileSync(path, require('node:fs').readFileSync(0))
`

/** Starts the gateway with the stored secrets. */
async function deploy(): Promise<void> {
  for (const name of Object.keys(environment)) {
    if (/^(?:SIGNING_KEY_|KEY_)/.test(name)) delete environment[name]
  }
  for (const name of readdirSync(secrets)) {
    environment[name] = readFileSync(join(secrets, name), 'utf8')
  }
  if (world !== undefined) await world.restart('SIGTERM')
}

/** Moves every date of the keys into the past, so that the gateway is in the future. */
async function pass(seconds: number): Promise<void> {
  for (const name of readdirSync(secrets)) {
    const path = join(secrets, name)
    const moved = readFileSync(path, 'utf8').replaceAll(DATES, (date) =>
      new Date(Date.parse(date) - seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z'),
    )
    writeFileSync(path, moved)
  }
  await deploy()
}

/** Runs a block of the page. */
async function run(
  begins: string,
  keyId = '',
): Promise<{ readonly code: number; readonly output: string }> {
  const block = readBlocks('docs/keys.md').find(({ code }) => code.startsWith(begins))
  if (block === undefined) throw new Error(`docs/keys.md has no block that begins with ${begins}`)
  writeFileSync(join(folder, 'admin.jwt'), await adminToken(world))
  const script = block.code.replaceAll('https://sts.example.com', world.url())
  const env = {
    PATH: `${folder}${delimiter}${process.env.PATH}`,
    CLI: join(root, 'dist/cli/shell/main.js'),
    SECRETS: secrets,
    KEY_ID: keyId,
  }
  return new Promise((resolve) => {
    execFile('bash', ['-euc', script], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: out + err }),
    )
  })
}

beforeAll(async () => {
  mkdirSync(secrets)
  writeFileSync(join(folder, 'npx'), NPX)
  chmodSync(join(folder, 'npx'), 0o755)
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const month = new Date(Date.now() - 30 * 24 * HOUR * 1000).toISOString().replace(/\.\d+Z/, 'Z')
  const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', activates_at: month }
  writeFileSync(join(secrets, 'SIGNING_KEY_2026A'), JSON.stringify(jwk))
  await deploy()
  world = await startWorld((issuer) => {
    environment.BOOTSTRAP_TRUST = adminPolicy(issuer)
    return environment
  })
  server = createServer(await createApp({ issuer: world.url(), audience: API }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await world?.close()
  rmSync(folder, { recursive: true, force: true })
})

const keyIdOf = (token: string) => decodeProtectedHeader(token).kid

it('JK-07 KEY-11 the runbook rotates a key under load, and no request is refused', {
  timeout: 240_000,
}, async () => {
  const tokens = [await accessToken(world)]
  const old = keyIdOf(tokens[0] ?? '')
  const statuses = new Map<number, number>()
  let isOver = false
  const callers = Array.from({ length: CALLERS }, async (_, index) => {
    while (!isOver) {
      const headers = { authorization: `Bearer ${tokens[index % tokens.length]}` }
      const { status } = await fetch(`${url}/deployments`, { headers })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  })
  const countAll = () => [...statuses.values()].reduce((sum, count) => sum + count, 0)
  async function more(): Promise<void> {
    const goal = countAll() + 20 * CALLERS
    while (countAll() < goal) await new Promise((resolve) => setImmediate(resolve))
  }

  expect(await run('npx edgemint keys list')).toMatchObject({
    code: 0,
    output: expect.stringContaining(`${old}  ES256  signing`),
  })
  const planned = await run(
    'npx edgemint keys rotate --url https://sts.example.com --token-file admin.jwt --dry-run',
  )
  expect(planned).toMatchObject({
    code: 0,
    output: expect.stringContaining(`would end the key ${old}`),
  })
  expect(readdirSync(secrets)).toEqual(['SIGNING_KEY_2026A'])

  const rotated = await run(
    'npx edgemint keys rotate --url https://sts.example.com --token-file admin.jwt\n',
  )
  expect(rotated.code, rotated.output).toBe(0)
  const [name = ''] = readdirSync(secrets).filter((one) => !/2026A|RETIREMENTS/.test(one))
  const made = JSON.parse(readFileSync(join(secrets, name), 'utf8')) as Record<string, string>
  expect(rotated.output).not.toContain(made.d)
  expect(existsSync(join(secrets, 'KEY_RETIREMENTS'))).toBe(true)
  await deploy()
  await more()
  // Published, and not yet in use.
  tokens.push(await accessToken(world))
  expect(tokens.map(keyIdOf)).toEqual([old, old])
  const checked = await run('npx edgemint keys check')
  expect(checked.code, checked.output).toBe(0)
  await more()

  await pass(24 * HOUR)
  tokens.push(await accessToken(world))
  expect(keyIdOf(tokens[2] ?? '')).toBe(made.kid)
  await more()

  // The last token of the old key has expired.
  tokens.splice(0, 2)
  await more()
  await pass(2 * HOUR)
  await more()
  const ended = await run('npx edgemint keys check')
  expect(ended.code).toBe(1)
  expect(ended.output).toContain(`key_withdrawn: the ES256 key ${old} has ended`)
  expect(ended.output).toContain('delete its secret SIGNING_KEY_2026A')
  expect((await run('npx wrangler secret delete')).code).toBe(0)
  await deploy()
  tokens.push(await accessToken(world))
  await more()
  const last = await run('npx edgemint keys check')
  expect(last.code, last.output).toBe(0)
  isOver = true
  await Promise.all(callers)
  expect([...statuses.keys()]).toEqual([200])
})

it('REV-03 the runbook after a leak ends every token of the key, and no other', {
  timeout: 120_000,
}, async () => {
  const isActive = async (token: string) => {
    const body = new URLSearchParams({ token })
    const answer = await fetch(`${world.url()}/introspect`, { method: 'POST', body })
    return ((await answer.json()) as { active: boolean }).active
  }
  const leaked = await accessToken(world)
  const keyId = keyIdOf(leaked)
  const rotated = await run('npx edgemint keys rotate --now')
  expect(rotated.code, rotated.output).toBe(0)
  await deploy()
  const next = await accessToken(world)
  expect(keyIdOf(next)).not.toBe(keyId)
  expect(await isActive(leaked)).toBe(true)

  const retired = await run('npx edgemint keys retire "$KEY_ID" --now --yes', keyId)
  expect(retired.code, retired.output).toBe(0)
  expect(await isActive(leaked)).toBe(false)
  expect(await isActive(next)).toBe(true)
})
