import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import { applyTrust, deployment, exchange, readJson } from '../../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../../support/issuer.ts'
import { API, putTrust } from '../../support/trust.ts'

const ID = 'spiffe://acme.example/ns/prod/sa/api'

let spire: TestIssuer
const lines: string[] = []

/** A trust domain whose bundle is fetched. Its issuer URL is not reachable. */
function trust() {
  return {
    version: 1,
    issuers: {
      mesh: {
        provider: 'spiffe-jwt-svid',
        issuer: 'https://spire.acme.internal',
        trust_domain: 'acme.example',
        bundle_endpoint: `${spire.url}/jwks`,
      },
    },
    resources: { [API]: { scopes: ['deploy:read'] } },
    rules: [
      {
        name: 'mesh',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'mesh',
        when: { sub: ID },
        grant: { resource: API, scopes: ['deploy:read'], replay: 'reuse' },
      },
    ],
  }
}

const source = () => `bundle:${spire.url}/jwks`
const store = () => deployment().TRUST_STORE.getByName('trust')

/** Publishes the issuer's keys as a bundle with these additional members. */
async function publish(members: object, use = 'jwt-svid'): Promise<void> {
  await spire.publish({})
  const keys = (await spire.keys()).map((key) => ({ ...key, use }))
  await spire.publish({ keys, only: true, members })
}

function svid(claims: object = {}): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 300
  return spire.mint({
    algorithm: 'ES256',
    provider: 'spiffe-jwt-svid',
    claims: { sub: ID, exp, iss: null, iat: null, nbf: null, jti: null, ...claims },
  })
}

function row(): Promise<Record<string, unknown>> {
  return runInDurableObject(store(), (_, { storage }) =>
    storage.sql.exec('SELECT * FROM issuer_keys WHERE url = ?', source()).one(),
  )
}

/** Moves the clock by this many seconds and runs the alarm that was due. */
async function wait(seconds: number): Promise<void> {
  await runInDurableObject(store(), (instance: TrustStore) => {
    const { now } = instance
    instance.now = () => now() + seconds
  })
  await runDurableObjectAlarm(store())
}

/** Waits for the next fetch, which must be good. An alarm may already be running. */
async function waitForFetch(): Promise<void> {
  const { fetched_at: before } = await row()
  await wait(120)
  await vi.waitFor(async () => {
    expect(Number((await row()).fetched_at)).toBeGreaterThan(Number(before))
  }, 30_000)
}

const alerts = () =>
  lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event, issuerUrl }) => event === 'issuer_alert' && issuerUrl === source())
    .map(({ alert }) => alert)

beforeEach(async () => {
  spire = await quickIssuer()
  lines.length = 0
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
  await publish({ spiffe_sequence: 7, spiffe_refresh_hint: 120 })
  await applyTrust(trust())
  return () => vi.restoreAllMocks()
})

describe('a bundle endpoint', () => {
  it('SP-06 supplies the keys of its trust domain without discovery', async () => {
    expect((await exchange(await svid())).status).toBe(200)
    expect(await spire.requests()).toEqual({ discovery: 0, jwks: 1 })
    const foreign = await svid({ sub: 'spiffe://other.example/a' })
    expect((await exchange(foreign)).status).toBe(400)
  })

  it('SP-04 supplies only the keys for JWT-SVIDs', async () => {
    await publish({ spiffe_sequence: 8 }, 'sig')
    expect((await exchange(await svid())).status).toBe(400)
  })

  it.each([
    ['at the interval of its hint', 120, 120],
    ['every five minutes without a hint', undefined, 300],
    ['once a minute at most', 1, 60],
    ['every ten minutes at least', 86_400, 600],
    ['every five minutes with an invalid hint', -1, 300],
  ])('SP-09 is fetched again %s', async (_, spiffe_refresh_hint, interval) => {
    await publish({ spiffe_sequence: 9, spiffe_refresh_hint })
    await exchange(await svid())
    const { fetched_at: fetched, next_fetch_at: next } = await row()
    expect(Number(next) - Number(fetched)).toBe(interval)
  })

  it('never returns to a lower sequence, and causes an alert', async () => {
    await exchange(await svid())
    const before = await row()
    const old = await svid()
    await spire.rotate()
    await publish({ spiffe_sequence: 6 })
    await wait(120)
    expect(await row()).toMatchObject({
      keys: before.keys,
      sequence: 7,
      last_fault: 'bundle_went_back',
    })
    expect((await exchange(old)).status).toBe(200)
    expect((await exchange(await svid())).status).toBe(400)
    expect(alerts()).toContain('bundle_went_back')
    await publish({ spiffe_sequence: 8 })
    await wait(120)
    expect(await row()).toMatchObject({ sequence: 8, last_fault: null })
  })

  it('SP-09 is good again with the same sequence, or without one, and keeps the highest', async () => {
    await exchange(await svid())
    await waitForFetch()
    await publish({})
    await waitForFetch()
    expect(await row()).toMatchObject({ sequence: 7, last_fault: null })
    expect(alerts()).toEqual([])
    await publish({ spiffe_sequence: 6 })
    await wait(300)
    await vi.waitFor(async () => expect(await row()).toMatchObject({ failures: 1 }), 30_000)
    expect(await row()).toMatchObject({ sequence: 7, last_fault: 'bundle_went_back' })
  })

  it('SP-09 may return to a lower sequence after its issuer was removed and added again', async () => {
    await exchange(await svid())
    await spire.rotate()
    await publish({ spiffe_sequence: 6 })
    await putTrust(store(), { ...trust(), issuers: {}, rules: [] }, 1)
    await putTrust(store(), trust(), 2)
    await wait(0)
    expect(await row()).toMatchObject({ sequence: 6, last_fault: null })
    await wait(11)
    expect(await store().refreshKeys(source())).not.toBeNull()
  })

  it('SP-05 that is empty withdraws every key at once, and causes an alert', async () => {
    const token = await svid()
    expect((await exchange(token)).status).toBe(200)
    await spire.publish({ only: true, members: { spiffe_sequence: 8 } })
    await wait(120)
    expect(await row()).toMatchObject({ keys: '[]', last_fault: null })
    // Another isolate, or this one after its snapshot is too old, has no key for it.
    const snapshot = await store().snapshotSince({ revision: -1, keyVersions: {} })
    expect(snapshot.issuers.find(({ url }) => url === source())?.keys).toEqual([])
    expect(alerts()).toEqual(['empty_key_set'])
  })

  it('NET-09 that is down leaves the last good bundle in use', async () => {
    await exchange(await svid())
    await spire.behave({ jwks: 'down' })
    await wait(120)
    expect(await row()).toMatchObject({ last_fault: 'status_not_200', sequence: 7 })
    expect((await exchange(await svid())).status).toBe(200)
  })

  it('is refused in a document for an issuer that cannot have one', async () => {
    const { issuers, ...rest } = trust()
    const rows = [
      [{ trust_domain: undefined }, 'bundle_endpoint_misplaced'],
      [{ keys: { jwks: { keys: await spire.keys() } } }, 'bundle_endpoint_misplaced'],
      [{ bundle_endpoint: 'https://10.0.0.1/bundle' }, 'issuer_invalid'],
      [{ bundle_endpoint: 'https://spire.internal/bundle' }, 'issuer_invalid'],
      [{ bundle_endpoint: 'http://spire.example.com/bundle' }, 'issuer_invalid'],
      [{ bundle_endpoint: 'https://sts.test/bundle' }, 'issuer_invalid'],
    ] as const
    for (const [change, code] of rows) {
      const changed = { ...rest, issuers: { mesh: { ...issuers.mesh, ...change } } }
      const result = await putTrust(store(), changed, 1)
      const problems = result.kind === 'refused' ? result.problems : []
      expect(problems.map((problem) => problem.code)).toContain(code)
    }
    const twin = { ...issuers.mesh, issuer: 'https://b.internal', trust_domain: 'b.example' }
    const result = await putTrust(store(), { ...rest, issuers: { ...issuers, twin } }, 1)
    expect(result).toMatchObject({ kind: 'refused', problems: [{ code: 'issuer_repeated' }] })
  })

  it('is not revealed to a caller', async () => {
    await spire.behave({ jwks: 'down' })
    const own = await quickIssuer()
    const { issuers, ...rest } = trust()
    const mesh = { ...issuers.mesh, bundle_endpoint: `${own.url}/jwks` }
    await own.behave({ jwks: 'down' })
    await applyTrust({ ...rest, issuers: { mesh } })
    const response = await exchange(await svid())
    expect(response.status).toBe(503)
    expect(JSON.stringify(await readJson(response))).not.toContain(own.url)
  })
})
