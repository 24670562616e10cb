import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { exportJWK, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FetchedKeysReport, IssuerReport } from '../../../../src/contract/admin.ts'
import { KEY_REFRESH_SECONDS } from '../../../../src/core/limits.ts'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'
import { createRecorder, recordOf } from '../../support/decisions.ts'
import {
  adminToken,
  applyTrust,
  bearer,
  deployment,
  exchange,
  exchangeForm,
  GATEWAY,
  readJson,
  runWith,
  send,
} from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const issuer = newIssuer()
let jwk: object

async function trustWith(keys?: object) {
  const document = trustFor(issuer.url)
  const cluster = { provider: 'kubernetes', issuer: 'https://k8s.acme.internal', keys }
  return keys === undefined ? document : { ...document, issuers: { ...document.issuers, cluster } }
}

/** Exchanges a token and waits until its decision is in the log. */
async function record(subjectToken: string): Promise<void> {
  const body = new URLSearchParams(exchangeForm(subjectToken))
  await createRecorder()('/token', { method: 'POST', body })
}

async function reports(): Promise<readonly IssuerReport[]> {
  const token = await adminToken()
  const response = await send('/admin/v1/issuers', { headers: bearer(token) })
  expect(response.status).toBe(200)
  return (await readJson(response)).issuers as readonly IssuerReport[]
}

const named = async (name: string) => (await reports()).find((one) => one.name === name)

/** Moves the clock by the refresh interval. */
async function refresh(): Promise<void> {
  const store = deployment().TRUST_STORE.getByName('trust')
  await runInDurableObject(store, (instance: TrustStore) => {
    const { now } = instance
    instance.now = () => now() + KEY_REFRESH_SECONDS + 1
  })
  await runDurableObjectAlarm(store)
}

beforeAll(async () => {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true })
  jwk = { ...(await exportJWK(publicKey)), kid: 'uploaded-1' }
  await applyTrust(await trustWith())
})

describe('GET /admin/v1/issuers', () => {
  it('AD-05 requires trust:read', async () => {
    expect((await send('/admin/v1/issuers')).status).toBe(401)
    const headers = bearer('x.y.z')
    expect((await send('/admin/v1/issuers', { headers })).status).toBe(401)
    expect((await send('/admin/v1/issuers', { method: 'DELETE' })).status).toBe(405)
  })

  it('reports the keys of a good issuer with their ages and the next fetch', async () => {
    await exchange(await issuer.mint())
    const at = Math.floor(Date.now() / 1000)
    const report = await named('github')
    expect(report).toMatchObject({
      source: 'document',
      url: issuer.url,
      provider: 'github-actions',
      keys: { kind: 'fetched', state: 'fresh', failures: 0, last_fault: null, replaced_at: null },
      warnings: [],
    })
    const keys = report?.keys as FetchedKeysReport
    expect(keys.ids.length).toBeGreaterThan(0)
    for (const { kid, first_seen_at: seen } of keys.ids) {
      expect([typeof kid, seen <= at && seen > at - 60]).toEqual(['string', true])
    }
    expect(keys.next_fetch_at).toBeGreaterThan(at)
    expect(Math.abs(keys.clock_skew_seconds ?? 99)).toBeLessThan(5)
  })

  it('names the issuers of the deploy-time policy too', async () => {
    expect(await named('admin')).toMatchObject({ source: 'policy', provider: 'github-actions' })
  })

  it('counts decisions by issuer, and adds those that an earlier release counted', async () => {
    await applyTrust(await trustWith())
    const store = deployment().TRUST_STORE.getByName('trust')
    await store.countDecisions({ github: { granted: 5, denied: 7 } })
    const before = (await named('github'))?.decisions
    await record(await issuer.mint())
    const { decisions } = (await named('github')) ?? {}
    expect(decisions).toMatchObject({ since: expect.any(Number), state: 'on' })
    expect(decisions?.granted).toBe((before?.granted ?? 0) + 1)
    expect(decisions?.denied).toBeGreaterThanOrEqual(7)
  })

  it('does not write the counts to the trust store', async () => {
    await applyTrust(await trustWith())
    await record(await issuer.mint())
    const { counts } = await deployment().TRUST_STORE.getByName('trust').issuerFacts()
    expect(counts).toEqual([])
  })

  it('reports tokens that isolates answered without the trust store', async () => {
    await applyTrust(await trustWith())
    const log = deployment().DECISION_LOG?.getByName('decisions-0')
    const decision = recordOf(0, Date.now())
    await log?.append({
      shard: 0,
      issuer: GATEWAY,
      lines: [JSON.stringify(decision)],
      firstId: decision.id,
      fromAt: decision.at,
      toAt: decision.at,
      refused: { [issuer.url]: 12 },
    })
    expect((await named('github'))?.keys).toMatchObject({ answered_from_memory: 12 })
    expect((await named('admin'))?.keys).toMatchObject({ answered_from_memory: 0 })
  })

  const down = {
    append: () => Promise.reject(new Error('down')),
    issuerCounts: () => new Promise(() => {}),
  }
  it.each([
    ['is missing', 'off', undefined],
    ['does not answer', 'incomplete', { getByName: () => down }],
  ])('says so if the decision log %s', async (_, state, binding) => {
    const { DECISION_LOG, ...rest } = deployment()
    const isolate = runWith({ ...rest, DECISION_LOG: binding } as never)
    expect((await isolate.exchange(await issuer.mint())).status).toBe(200)
    shortenDeadlines()
    const response = await isolate.send('/admin/v1/issuers', {
      headers: bearer(await adminToken()),
    })
    const { issuers } = (await readJson(response)) as { issuers: readonly IssuerReport[] }
    expect(issuers.map(({ decisions }) => decisions.state)).toEqual(issuers.map(() => state))
  })

  it('NET-09 reports the failure and keeps the keys', async () => {
    const before = (await named('github'))?.keys as FetchedKeysReport
    await issuer.behave({ jwks: 'empty' })
    await refresh()
    const report = await named('github')
    await issuer.behave({ jwks: 'normal' })
    const keys = report?.keys as FetchedKeysReport
    expect(keys).toMatchObject({ state: 'fresh', failed_at: expect.any(Number) })
    expect(keys.ids).toEqual(before.ids)
    expect(report?.warnings[0]).toMatch(/^fetching its keys has failed \d+ times: /)
  })

  it('ISS-05 warns when every key was replaced at once', async () => {
    const own = newIssuer()
    await applyTrust(trustFor(own.url))
    await exchange(await own.mint())
    await own.rotate({ keep_old: false })
    expect((await exchange(await own.mint())).status).toBe(200)
    const report = await named('github')
    expect(report?.keys).toMatchObject({ replaced_at: expect.any(Number) })
    expect(report?.warnings).toEqual([
      'all of its keys were replaced at once: verify that the issuer did this',
    ])
  })

  it.each([
    ['without an end', undefined, /have no end: set keys\.expires$/],
    ['near their end', 10, /^its uploaded keys end in 1\d days$/],
    ['past their end', -1, /^its uploaded keys have ended: its tokens are refused$/],
  ])('warns of uploaded keys %s', async (_, days, warning) => {
    const day = (offset: number) =>
      new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
    const expires = days === undefined ? {} : { expires: day(days) }
    await applyTrust(await trustWith({ jwks: { keys: [jwk] }, ...expires }))
    const report = await named('cluster')
    expect(report?.keys).toMatchObject({ kind: 'uploaded', ids: ['uploaded-1'] })
    expect(report?.warnings).toEqual([expect.stringMatching(warning)])
    const health = await readJson(await send('/health'))
    const reminder = 'uploaded keys of 1 issuer have ended or end soon: run edgemint issuers'
    expect((health.warnings as string[]).includes(reminder)).toBe(days !== undefined)
  })
})
