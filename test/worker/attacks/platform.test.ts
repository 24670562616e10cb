import { createExecutionContext, evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../../src/worker/durable/migrations.ts'
import worker from '../../../src/worker/index.ts'
import { accessToken, applyTrust, deployment, exchange, GATEWAY } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const issuer = newIssuer()
beforeAll(() => applyTrust(trustFor(issuer.url)))

/** A namespace whose objects fail, or never answer. */
function broken(how: 'fails' | 'hangs') {
  const call = () =>
    how === 'fails' ? Promise.reject(new Error('down')) : new Promise<never>(() => undefined)
  const stub = new Proxy({}, { get: () => call })
  return { getByName: () => stub } as never
}

function ask(bindings: object, path: string, body: Readonly<Record<string, string>>) {
  const request = new Request(`${GATEWAY}${path}`, {
    method: 'POST',
    body: new URLSearchParams(body),
  })
  return worker.fetch(request, { ...deployment(), ...bindings }, createExecutionContext())
}

describe('one isolate for many callers', () => {
  it('WRK-01 WRK-02 gives each of a hundred interleaved requests its own subject', async () => {
    const branches = Array.from({ length: 100 }, (_, index) => `job-${index}`)
    const answers = await Promise.all(
      branches.map(async (name) => {
        const sub = `repo:acme/api:ref:refs/heads/${name}`
        const good = await accessToken(await issuer.mint({ claims: { sub } }))
        // A refused request in between must leave nothing behind.
        await exchange(await issuer.mint({ claims: { sub: 'evil', repository_id: '666' } }))
        return { name, sub: decodeJwt(good).sub }
      }),
    )
    for (const { name, sub } of answers) expect(sub).toContain(encodeURIComponent(name))
    expect(answers.filter(({ sub }) => sub?.includes('evil'))).toEqual([])
  })

  it('WRK-02 meets a hundred cold requests at once without one waiting for another', async () => {
    const own = newIssuer()
    await applyTrust(trustFor(own.url))
    const tokens = await Promise.all(Array.from({ length: 100 }, () => own.mint()))
    const answers = await Promise.all(tokens.map((token) => exchange(token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await own.requests()).jwks).toBe(1)
    await applyTrust(trustFor(issuer.url))
  })
})

describe('a part that is down', () => {
  it.each(['fails', 'hangs'] as const)(
    'REP-05 WRK-03 a ledger that %s ends in 503 and no token',
    { timeout: 15_000 },
    async (how) => {
      const form = {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: await issuer.mint(),
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        resource: 'https://api.test',
      }
      const response = await ask({ REPLAY_LEDGER: broken(how) }, '/token', form)
      expect([response.status, response.headers.has('retry-after')]).toEqual([503, true])
      expect(await response.text()).not.toContain('access_token')
    },
  )

  it('WRK-06 REV-02 a revocation is acknowledged only when it is written', async () => {
    const token = await accessToken(await issuer.mint())
    const down = await ask({ REVOCATION_LOG: broken('fails') }, '/revoke', { token })
    expect(down.status).toBe(503)
    expect((await ask({}, '/revoke', { token })).status).toBe(200)
  })
})

describe('stored tables', () => {
  it('WRK-09 of a newer version are refused, and untouched', async () => {
    const shard = env.REPLAY_LEDGER.getByName(crypto.randomUUID())
    const refused = await runInDurableObject(shard, (_instance, { storage }) => {
      storage.sql.exec('INSERT INTO migrations (number) VALUES (99)')
      const before = storage.sql.exec('SELECT name FROM sqlite_master').toArray()
      try {
        migrate(storage, ['CREATE TABLE marks (other TEXT)'])
        return undefined
      } catch (error) {
        const after = storage.sql.exec('SELECT name FROM sqlite_master').toArray()
        return { message: String(error), isUntouched: after.length === before.length }
      }
    })
    expect(refused).toEqual({
      message: 'Error: the stored tables are of a newer version',
      isUntouched: true,
    })
  })

  it('WRK-09 survive being opened again and again', async () => {
    const shard = env.REPLAY_LEDGER.getByName(crypto.randomUUID())
    const until = Math.floor(Date.now() / 1000) + 600
    for (const key of ['a', 'b', 'c']) {
      expect(await shard.claim(key.repeat(64), until)).toBe(true)
      await evictDurableObject(shard)
    }
    expect(await shard.claim('a'.repeat(64), until)).toBe(false)
  })
})
