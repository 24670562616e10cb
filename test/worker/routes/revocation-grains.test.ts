import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { CoarseGrain } from '../../../src/protocol/revocations.ts'
import type { RevocationLog } from '../../../src/worker/objects/revocation-log/revocation-log.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  deployment,
  post,
  readJson,
  runWith,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'
import { questionPath } from '../support/verify.ts'

const issuer = newIssuer()
const now = () => Math.floor(Date.now() / 1000)

beforeAll(() => applyTrust(trustFor(issuer.url)))

/** Writes a row as the next release does, and publishes it to a KV of this gateway. */
async function revokeAll(grain: CoarseGrain, id: string, before: number) {
  let stored: string | null = null
  const kv = {
    put: async (_: string, value: string) => {
      stored = value
    },
    get: async () => stored,
  } as unknown as KVNamespace
  const log = deployment().REVOCATION_LOG.getByName('revocations')
  await runInDurableObject(log, async (instance: RevocationLog, { storage }) => {
    Reflect.set(instance, 'env', { ...env, REVOCATIONS: kv })
    storage.sql.exec(
      `INSERT OR REPLACE INTO revocations
         (grain, id, issued_before, expires_at, revoked_at, revoked_by)
       VALUES (?, ?, ?, ?, 0, 'admin')`,
      grain,
      id,
      before,
      now() + 600,
    )
    await instance.alarm()
    storage.sql.exec('DELETE FROM revocations')
  })
  return kv
}

function deleteAll(_: RevocationLog, { storage }: DurableObjectState): void {
  storage.sql.exec('DELETE FROM revocations')
}

const claimsOf = (token: string) =>
  JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as {
    readonly sub: string
  }

const grains: readonly (readonly [CoarseGrain, (token: string) => string])[] = [
  ['rule', () => 'deploy'],
  ['issuer', () => issuer.url],
  ['subject', (token) => claimsOf(token).sub],
]

describe('REV-03 forward auth', () => {
  it.each(grains)(
    'refuses a token if its %s was revoked after it was issued',
    async (grain, idOf) => {
      const token = await accessToken(await issuer.mint())
      const earlier = await revokeAll(grain, idOf(token), now() - 600)
      const ask = (kv: KVNamespace) =>
        runWith({ REVOCATIONS: kv }).send(questionPath(), { headers: bearer(token) })
      expect((await ask(earlier)).status).toBe(200)
      const later = await revokeAll(grain, idOf(token), now() + 1)
      expect((await ask(later)).status).toBe(401)
    },
  )
})

describe('REV-03 introspection', () => {
  it.each(grains)('answers inactive if the %s was revoked after the issue', async (grain, idOf) => {
    await applyTrust(trustFor(issuer.url))
    const token = await accessToken(await issuer.mint())
    const caller = await adminToken()
    const ask = async () => readJson(await post('/introspect', { token }, bearer(caller)))
    expect(await ask()).toMatchObject({ active: true })
    const log = deployment().REVOCATION_LOG.getByName('revocations')
    // Published, it would revoke the tokens of other files: they have a rule of this name too.
    onTestFinished(() => runInDurableObject(log, deleteAll))
    await runInDurableObject(log, (instance: RevocationLog, { storage }) => {
      Reflect.set(instance, 'env', { ...env, REVOCATIONS: { put: async () => {} } })
      storage.sql.exec(
        `INSERT INTO revocations (grain, id, issued_before, expires_at, revoked_at, revoked_by)
         VALUES (?, ?, ?, ?, 0, 'admin')`,
        grain,
        idOf(token),
        now() + 1,
        now() + 600,
      )
    })
    expect(await ask()).toEqual({ active: false })
  })
})
