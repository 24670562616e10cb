/**
 * Backs up and restores the stored state of release 0.1.0, and runs the gateway of this release on
 * it.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exchange, GATEWAY, signSubject } from '../../scripts/extra/stored-state/attempts.ts'
import { API } from '../../scripts/extra/stored-state/documents.ts'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { runCli } from '../cli/support/run.ts'
import { giveSigningKey } from '../support/canary/keys.ts'
import { deriveKey } from '../support/derived-keys.ts'
import made from '../vectors/stored-0.1.0/made.json' with { type: 'json' }
import { moveTimes } from './support/stored-state.ts'
import { root } from './support/world.ts'

const CLI = join(root, 'dist/cli/shell/main.js')
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-stored-'))
const place = (name: string) => join(scratch, name)
const TRUST_STORE =
  'objects/do/edgemint-TrustStore/c96be66bde6bb5659cd65533cd6694c4a0b0d9a56fd6e412eaec6960f6b5353a.sqlite'
let gateway: Started

beforeAll(async () => {
  await giveSigningKey(place('state'))
  cpSync(join(root, 'test/vectors/stored-0.1.0/objects'), join(place('state'), 'objects'), {
    recursive: true,
  })
  moveTimes(join(place('state'), 'objects'), Math.floor(Date.now() / 1000) - made.stopped_at)
  const commands = [
    ['backup', '--state', place('state'), '--out', place('backup'), '--with-keys'],
    ['restore', place('backup'), '--state', place('restored')],
  ]
  for (const command of commands) {
    const { exitCode, stderr } = await runCli(command)
    expect(exitCode, stderr).toBe(0)
  }
  // The time of the restore would refuse every token here. Only the marks decide in this test.
  rmSync(join(place('restored'), 'restored.json'))
  const flags = [
    '--port',
    '0',
    '--state',
    place('restored'),
    '--issuer',
    GATEWAY,
    '--local-issuers',
  ]
  gateway = await startProcess(process.execPath, [CLI, 'serve', ...flags])
})
afterAll(async () => {
  await gateway.stop()
  rmSync(scratch, { recursive: true, force: true })
})

const url = () => String(gateway.ready.url)

async function exchangePod(jti: string): Promise<number> {
  const token = await signSubject(await deriveKey('cluster'), { ...made.pod, jti })
  return (await exchange(url(), token, { resource: API })).status
}

/** Introspects a token with these claims, signed with the key of this gateway. */
async function isActive(claims: object): Promise<boolean> {
  const text = readFileSync(join(place('restored'), 'signing-key.json'), 'utf8')
  const jwk = JSON.parse(text) as JWK
  const iat = Math.floor(Date.now() / 1000)
  const token = await new SignJWT({ ...claims, iat, exp: iat + 300 })
    .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '', typ: 'at+jwt' })
    .sign(await importJWK(jwk, 'ES256'))
  const headers = { authorization: `Bearer ${token}` }
  const body = new URLSearchParams({ token })
  const response = await fetch(`${url()}/introspect`, { method: 'POST', headers, body })
  return ((await response.json()) as { active: boolean }).active
}

it('has both revisions of 0.1.0, and decides by the newest', async () => {
  expect(gateway.ready.revision).toBe(2)
  expect(await exchangePod('pod-new')).toBe(200)
})

it('REP-01 refuses the tokens that were used at 0.1.0', async () => {
  expect(await exchangePod('pod-1')).toBe(400)
  expect(await exchangePod('pod-2')).toBe(400)
})

it('refuses the token that was revoked at 0.1.0, and no other', async () => {
  expect(await isActive(made.revoked)).toBe(false)
  expect(await isActive(made.live)).toBe(true)
})

it('keeps the keys of an issuer, and migrates the tables', async () => {
  await gateway.stop()
  const rows = (folder: string, query: string) => {
    const copy = place(`copy-${folder.length}-${query.length}.sqlite`)
    cpSync(join(folder, TRUST_STORE), copy)
    const database = new DatabaseSync(copy)
    const found = database.prepare(query).all()
    database.close()
    return found.map((row) => ({ ...row }))
  }
  const KEYS = 'SELECT url, keys FROM issuer_keys'
  const before = rows(join(root, 'test/vectors/stored-0.1.0'), KEYS)
  expect(before).toHaveLength(1)
  const reopened = new DatabaseSync(join(place('restored'), TRUST_STORE))
  expect(
    reopened
      .prepare(KEYS)
      .all()
      .map((row) => ({ ...row })),
  ).toEqual(before)
  const { latest } = reopened.prepare('SELECT MAX(number) AS latest FROM migrations').get() ?? {}
  reopened.close()
  const [{ latest: former } = { latest: 0 }] = rows(
    join(root, 'test/vectors/stored-0.1.0'),
    'SELECT MAX(number) AS latest FROM migrations',
  )
  expect(former).toBe(2)
  expect(Number(latest)).toBeGreaterThan(2)
})
