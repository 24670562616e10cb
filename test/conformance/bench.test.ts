/** The servers of the benchmark do what their figures claim: no figure of wrong answers. */
import { execFileSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DevIssuer, startDevIssuer } from '../../dist/dev/index.js'
import { type LoadClient, startLoadClient } from '../../scripts/bench/client/load-client.ts'
import { GATEWAY_URL, makeKey } from '../../scripts/bench/fixtures.ts'
import { buildFloor } from '../../scripts/bench/floors/build.ts'
import { makeBodies, startServers } from '../../scripts/bench/run-variant.ts'
import type { Server } from '../../scripts/bench/servers.ts'
import { fetchVerifyKey, formStep } from '../../scripts/bench/world.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-bench-test-'))
let issuer: DevIssuer
let client: LoadClient
let signKey: string
let servers: Awaited<ReturnType<typeof startServers>>

beforeAll(async () => {
  issuer = await startDevIssuer()
  client = startLoadClient(undefined)
  signKey = await makeKey('ES256')
  const verifyKey = await fetchVerifyKey(issuer.issuer)
  servers = await startServers(
    { issuer, verifyKey, scratch, place: (server) => server },
    { jose: buildFloor('jose', scratch), bare: buildFloor('bare', scratch) },
    {
      name: 'test',
      outcome: 'once',
      algorithm: 'ES256',
      rules: 10,
      shape: 'globs of one owner',
      token: '1 KB',
      grantType: 'token exchange',
      decisionLog: 'strict',
    },
    signKey,
  )
})

afterAll(async () => {
  client.close()
  await Promise.all(Object.values(servers).map((server) => server.close()))
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
})

async function ask({ host, port }: Server, body: string | undefined) {
  const response = await fetch(`http://${host}:${port}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body ?? '',
  })
  const answer = (await response.json()) as { access_token?: string; explanation?: unknown[] }
  return { status: response.status, answer }
}

test.each(['gateway', 'jose', 'bare'] as const)('%s verifies and signs', async (name) => {
  for (const token of ['1 KB', 'ordinary', '8 KB'] as const) {
    const [body] = await makeBodies({ issuer }, { token, outcome: 'once' }, 1)
    const { status, answer } = await ask(servers[name], body)
    expect([token, status]).toEqual([token, 200])
    const { d: _, ...jwk } = JSON.parse(signKey) as JWK
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const issued = answer.access_token ?? ''
    expect((await jwtVerify(issued, key)).payload.sub).toMatch(/456789012/)
    expect(decodeProtectedHeader(issued)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
  }
})

test.each(['jwt-bearer', 'client_credentials'] as const)(
  'the gateway issues for %s',
  async (grantType) => {
    const variant = { token: '1 KB', outcome: 'once', grantType } as const
    const [body] = await makeBodies({ issuer }, variant, 1)
    expect((await ask(servers.gateway, body)).status).toBe(200)
  },
)

test.each([
  { token: '1 KB', least: 1000, most: 1150 },
  { token: '8 KB', least: 7800, most: 8400 },
] as const)('a token of $token is as long as its name says', async ({ token, least, most }) => {
  const [body] = await makeBodies({ issuer }, { token, outcome: 'granted' }, 1)
  const { length } = new URLSearchParams(body).get('subject_token') ?? ''
  expect(length).toBeGreaterThan(least)
  expect(length).toBeLessThan(most)
})

test('the gateway grants a single-use token once', async () => {
  const [body] = await makeBodies({ issuer }, { token: 'ordinary', outcome: 'once' }, 1)
  expect((await ask(servers.gateway, body)).status).toBe(200)
  expect((await ask(servers.gateway, body)).status).toBe(400)
})

test('the gateway explains its denial', async () => {
  const [body] = await makeBodies({ issuer }, { token: 'ordinary', outcome: 'denied' }, 1)
  const { status, answer } = await ask(servers.gateway, body)
  expect(status).toBe(400)
  // The most rules that an explanation has: the largest answer.
  expect(answer.explanation).toHaveLength(10)
  expect(answer.explanation).toContainEqual({
    rule: 'the-one',
    outcome: 'condition_failed',
    conditions: expect.arrayContaining([expect.objectContaining({ claim: 'ref', holds: false })]),
  })
})

test.each(['jose', 'bare'] as const)('%s refuses a changed token', async (name) => {
  const [body] = await makeBodies({ issuer }, { token: 'ordinary', outcome: 'granted' }, 1)
  const form = new URLSearchParams(body)
  const [header, , signature] = form.get('subject_token')?.split('.') ?? []
  const payload = Buffer.from(JSON.stringify({ iss: GATEWAY_URL, sub: 'x' })).toString('base64url')
  form.set('subject_token', `${header}.${payload}.${signature}`)
  const { host, port } = servers[name]
  const url = `http://${host}:${port}/token`
  const response = await fetch(url, { method: 'POST', body: form })
  await response.body?.cancel()
  expect(response.ok).toBe(false)
})

test('the client counts exchanges, stops when single-use tokens are spent, and tells of failures', async () => {
  const bodies = await makeBodies({ issuer }, { token: 'ordinary', outcome: 'once' }, 8)
  const { host, port, pid } = servers.gateway
  const job = { host, port, pid, once: true, seconds: 60, connections: 3 }
  const run = () => client.run({ ...job, steps: [formStep('/token', bodies, 200)] })
  expect((await run()).exchanges).toBe(8)
  await expect(run()).rejects.toThrow('/token answered 400')
})

test('bench:peers says how to install each missing peer', () => {
  const script = join(import.meta.dirname, '../../scripts/bench/peers/main.ts')
  const output = execFileSync(process.execPath, [script, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: '' },
  })
  const { rows, missing } = JSON.parse(output) as { rows: unknown[]; missing: { name: string }[] }
  expect(rows).toEqual([])
  expect(missing.map(({ name }) => name)).toEqual([
    'node-oidc-provider',
    'Dex',
    'OpenBao',
    'Ory Hydra',
    'Keycloak',
  ])
  expect(missing).toEqual(
    missing.map(() => expect.objectContaining({ install: expect.stringContaining('BENCH_') })),
  )
})
