import { createExecutionContext, evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { STORE_TIMEOUT_MILLISECONDS } from '../../../src/core/limits.ts'
import worker from '../../../src/worker/index.ts'
import { migrate } from '../../../src/worker/objects/migrations.ts'
import { shortenDeadlines } from '../support/deadlines.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  deployment,
  exchange,
  exchangeForm,
  GATEWAY,
  runWith,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const issuer = newIssuer()
beforeAll(async () => {
  await applyTrust(trustFor(issuer.url))
  // Its keys are fetched before a hundred tokens arrive, because these tests are not about the
  // issuer.
  await accessToken(await issuer.mint())
})

/** A namespace whose objects fail or never answer. */
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

describe('one isolate with many callers', () => {
  it('WRK-01 WRK-02 gives each of a hundred interleaved requests its own subject', async () => {
    const branches = Array.from({ length: 100 }, (_, index) => `job-${index}`)
    const evil = { sub: 'evil', repository_id: '666' }
    const tokens = await Promise.all(
      branches.map(async (name) => ({
        name,
        good: await issuer.mint({ claims: { sub: `repo:acme/api:ref:refs/heads/${name}` } }),
        bad: await issuer.mint({ claims: evil }),
      })),
    )
    const answers = await Promise.all(
      tokens.map(async ({ name, good, bad }) => {
        const issued = await accessToken(good)
        // A refused request in between must leave no state.
        await exchange(bad)
        return { name, sub: decodeJwt(issued).sub }
      }),
    )
    for (const { name, sub } of answers) expect(sub).toContain(encodeURIComponent(name))
    expect(answers.filter(({ sub }) => sub?.includes('evil'))).toEqual([])
  })

  it('WRK-02 answers a hundred cold requests at once, and none waits for another', async () => {
    const own = newIssuer()
    await applyTrust(trustFor(own.url))
    const tokens = await Promise.all(Array.from({ length: 100 }, () => own.mint()))
    const answers = await Promise.all(tokens.map((token) => exchange(token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await own.requests()).jwks).toBe(1)
    await applyTrust(trustFor(issuer.url))
  })
})

describe('a request that hangs', () => {
  it('WRK-02 does not delay other requests', { timeout: 90_000 }, async () => {
    const { TRUST_STORE } = deployment()
    // The store has the keys of the issuer then. With short deadlines, fetching them could fail.
    await accessToken(await issuer.mint())
    const deadlines = shortenDeadlines()
    let asked = 0
    // The store never answers the first call and answers all others.
    const getByName = (name: string) =>
      new Proxy(TRUST_STORE.getByName(name), {
        get(store, member) {
          if (member === 'snapshotSince' && asked++ === 0) return () => new Promise(() => undefined)
          return (...args: unknown[]) => Reflect.apply(Reflect.get(store, member), store, args)
        },
      })
    const gateway = runWith({ TRUST_STORE: { getByName } as never })
    const [first, second] = [await issuer.mint(), await issuer.mint()]
    const hanging = gateway.exchange(first)
    await vi.waitFor(() => expect(asked).toBe(1), { timeout: 30_000 })
    deadlines.restore()
    const answer = await gateway.exchange(second)
    expect([answer.status, asked]).toEqual([200, 2])
    expect((await hanging).status).toBe(503)
    expect(deadlines.asked).toContain(STORE_TIMEOUT_MILLISECONDS)
  })
})

describe('an unavailable part', () => {
  it.each(['fails', 'hangs'] as const)(
    'REP-05 WRK-03 a replay ledger that %s gives 503 and no token',
    { timeout: 90_000 },
    async (how) => {
      const form = {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: await issuer.mint(),
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        resource: 'https://api.test',
      }
      const deadlines = shortenDeadlines()
      const response = await ask({ REPLAY_LEDGER: broken(how) }, '/token', form)
      expect([response.status, response.headers.has('retry-after')]).toEqual([503, true])
      expect(await response.text()).not.toContain('access_token')
      expect(deadlines.asked).toContain(STORE_TIMEOUT_MILLISECONDS)
    },
  )

  it('WRK-06 REV-02 a revocation is acknowledged only after it is stored', async () => {
    const token = await accessToken(await issuer.mint())
    const down = await ask({ REVOCATION_LOG: broken('fails') }, '/revoke', { token })
    expect(down.status).toBe(503)
    expect((await ask({}, '/revoke', { token })).status).toBe(200)
  })
})

describe('a bug of the gateway', () => {
  it('WRK-05 LOG-01 gives 500 with an id; the log has its class and stack, and its message appears nowhere', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    // No store gives this answer. Code that reads it throws an error that quotes it.
    const issuers = {
      [Symbol.iterator]: () => {
        throw new SyntaxError('quoted-9c1f')
      },
    }
    const delta = { revision: 0, issuers }
    const store = { getByName: () => ({ snapshotSince: async () => delta }) } as never
    const token = await issuer.mint()
    for (const path of ['/token', '/admin/v1/issuers']) {
      const response = await runWith({ TRUST_STORE: store }).send(path, {
        method: path === '/token' ? 'POST' : 'GET',
        headers:
          path === '/token'
            ? { 'content-type': 'application/x-www-form-urlencoded' }
            : bearer(await adminToken()),
        ...(path === '/token' ? { body: new URLSearchParams(exchangeForm(token)) } : {}),
      })
      const text = await response.text()
      expect(response.status).toBe(500)
      expect(text).toMatch(/internal error, logged with the request id [0-9a-f-]{36}/)
      expect(text).not.toMatch(/quoted|SyntaxError|\.ts/)
    }
    const failures = lines
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === 'failure')
    expect(failures).toHaveLength(2)
    for (const failure of failures) {
      expect(failure).toMatchObject({ error: 'SyntaxError', requestId: expect.any(String) })
      expect(failure.stack.length).toBeGreaterThan(0)
    }
    expect(lines.join()).not.toContain('quoted')
  })
})

describe('stored tables', () => {
  it('WRK-09 of a newer version are refused and not changed', async () => {
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
      } finally {
        // The canary check opens every object after each file, but this object cannot be opened
        // again.
        storage.sql.exec('DELETE FROM migrations WHERE number = 99')
      }
    })
    expect(refused).toEqual({
      message: 'Error: a newer version wrote the stored tables',
      isUntouched: true,
    })
  })

  it('WRK-09 stay the same when they are opened several times', async () => {
    const shard = env.REPLAY_LEDGER.getByName(crypto.randomUUID())
    const until = Math.floor(Date.now() / 1000) + 600
    for (const key of ['a', 'b', 'c']) {
      expect(await shard.claim(key.repeat(64), until)).toBe(true)
      await evictDurableObject(shard)
    }
    expect(await shard.claim('a'.repeat(64), until)).toBe(false)
  })
})
