import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { IssuerReport } from '../../../../src/contract/admin.ts'
import { KEY_REFRESH_SECONDS } from '../../../../src/core/limits.ts'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import {
  alertsOf,
  claimsOf,
  forge,
  genericTrust,
  judge,
  makeKey,
  type OwnKey,
  signWith,
  watchLog,
} from '../../support/attack.ts'
import {
  adminToken,
  applyTrust,
  bearer,
  deployment,
  readJson,
  send,
} from '../../support/gateway.ts'
import { newIssuer, quickIssuer, type TestIssuer } from '../../support/issuer.ts'

const log = watchLog()
const store = () => deployment().TRUST_STORE.getByName('trust')

async function trusted(issuer: TestIssuer): Promise<TestIssuer> {
  await applyTrust(genericTrust({ ci: issuer.url }))
  return issuer
}

async function refresh(): Promise<void> {
  await runInDurableObject(store(), (instance: TrustStore) => {
    const { now } = instance
    instance.now = () => now() + KEY_REFRESH_SECONDS + 1
  })
  await runDurableObjectAlarm(store())
}

async function reportOf(name: string): Promise<IssuerReport | undefined> {
  const response = await send('/admin/v1/issuers', { headers: bearer(await adminToken()) })
  const issuers = (await readJson(response)).issuers as readonly IssuerReport[]
  return issuers.find((one) => one.name === name)
}

const changesOf = ({ url }: TestIssuer) =>
  log.lines().filter(({ event, issuerUrl }) => event === 'issuer_keys_changed' && issuerUrl === url)

describe('the keys of an honest issuer are read', () => {
  it.each([
    ['if it answers 406 to a request without its media types in Accept', { accept: 'strict' }],
    ['if a firewall requires a User-Agent', { user_agent: 'required' }],
    ['if its documents begin with a byte order mark', { discovery: 'bom', jwks: 'bom' }],
  ])('%s', async (_, how) => {
    const issuer = await quickIssuer()
    await issuer.behave(how)
    await trusted(issuer)
    expect(await judge(log, await forge(issuer))).toBe('granted')
  })

  it.each(['padded', 'standard_base64', 'leading_zeros', 'nulls', 'no_key_ops'])(
    'if its keys are written as: %s',
    async (form) => {
      const issuer = newIssuer()
      await issuer.publish({ form })
      await trusted(issuer)
      for (const algorithm of ['RS256', 'ES256']) {
        expect(await judge(log, await forge(issuer, { algorithm }))).toBe('granted')
      }
      expect(alertsOf(log, issuer)).toEqual([])
    },
  )

  it('if keys of different types, and one for encryption, share a kid', async () => {
    const issuer = newIssuer()
    await issuer.publish({ form: 'shared_kid' })
    await trusted(issuer)
    for (const algorithm of ['RS256', 'ES256']) {
      const token = await forge(issuer, { algorithm, header: { kid: 'k1' } })
      expect(await judge(log, token)).toBe('granted')
    }
  })

  it('AV-12 if it signs with Ed25519, under either name of the algorithm', async () => {
    const issuer = newIssuer()
    await issuer.rotate({ algorithms: ['EdDSA'] })
    await trusted(issuer)
    for (const alg of ['EdDSA', 'Ed25519']) {
      const token = await forge(issuer, { algorithm: 'EdDSA', header: { alg } })
      expect(await judge(log, token)).toBe('granted')
    }
  })

  it('KEY-02 but its key for encryption verifies no token', async () => {
    const issuer = await quickIssuer()
    const key = await makeKey('RS256')
    await issuer.publish({ keys: [{ ...key.jwk, use: 'enc' }] })
    await trusted(issuer)
    const token = await signWith(key, claimsOf(issuer.url))
    expect(await judge(log, token)).toBe('key_unknown')
    expect(alertsOf(log, issuer)).toEqual([])
    expect((await reportOf('ci'))?.keys).toMatchObject({
      unusable: [{ index: 1, member: 'use', reason: 'says that the key is for another use' }],
    })
  })
})

describe('a key that cannot be used', () => {
  it('is in one alert and always in the report, with key, member and reason', async () => {
    const issuer = await quickIssuer()
    const bad = { kty: 'RSA', kid: 'weak', n: 'AQAB', e: 'AQAB' }
    await issuer.publish({ keys: [bad, { kty: 'EC', kid: 'a\nb', crv: 'P-256' }] })
    await trusted(issuer)
    expect(await judge(log, await forge(issuer))).toBe('granted')
    const keys = [
      expect.objectContaining({ index: 1, kid: 'weak', member: 'n' }),
      expect.objectContaining({ index: 2, kid: null, member: 'kid' }),
    ]
    const lines = () => log.lines().filter(({ alert }) => alert === 'keys_unusable')
    expect(lines()).toMatchObject([{ issuerUrl: issuer.url, keys }])
    expect((await reportOf('ci'))?.keys).toMatchObject({ unusable: keys })
    await refresh()
    expect(lines()).toHaveLength(1)
  })

  it.each([
    [65, 'too_many_keys (65 keys, at most 64 are allowed)'],
    [64, 'no_usable_key'],
  ])(
    'is in a set of %i: the report names the limit, and the tokens are refused',
    async (length, said) => {
      const issuer = await quickIssuer()
      await issuer.publish({ keys: Array.from({ length }, () => ({ kty: 'EC' })), only: true })
      await trusted(issuer)
      expect(await judge(log, await forge(issuer))).toBe('issuer_keys_unusable')
      const report = await reportOf('ci')
      expect(report?.keys).toMatchObject({ state: 'unusable' })
      expect(report?.warnings).toContain(`fetching its keys has failed 1 times: ${said}`)
    },
  )

  it('NET-10 never removes the last good set, which recovers by itself', async () => {
    const issuer = await trusted(await quickIssuer())
    expect(await judge(log, await forge(issuer))).toBe('granted')
    await issuer.publish({ only: true })
    await refresh()
    expect((await store().refreshKeys(issuer.url))?.keys).toHaveLength(1)
    const empty = await trusted(await quickIssuer())
    await empty.publish({ only: true })
    await refresh()
    expect(await store().refreshKeys(empty.url, 'x')).toMatchObject({ keys: [], version: -1 })
    await empty.publish({})
    await refresh()
    expect((await store().refreshKeys(empty.url))?.keys).toHaveLength(1)
  })
})

describe('a change of the keys', () => {
  it('under an old kid is found by the fetch for the first token that fails', async () => {
    const issuer = await quickIssuer()
    const [before, after] = [await makeKey('ES256'), await makeKey('ES256')]
    const as = (key: OwnKey) => ({ ...key, jwk: { ...key.jwk, kid: 'same' } })
    await issuer.publish({ keys: [as(before).jwk], only: true })
    await trusted(issuer)
    expect(await judge(log, await signWith(as(before), claimsOf(issuer.url)))).toBe('granted')
    await issuer.publish({ keys: [as(after).jwk], only: true })
    expect(await judge(log, await signWith(as(after), claimsOf(issuer.url)))).toBe('granted')
    expect((await issuer.requests()).jwks).toBe(2)
    // The old key is gone. More bad signatures cause no fetch within the cool-down.
    for (let turn = 0; turn < 5; turn += 1) {
      const token = await signWith(as(before), claimsOf(issuer.url))
      expect(await judge(log, token)).toBe('signature_invalid')
    }
    expect((await issuer.requests()).jwks).toBe(2)
  })

  it('is not recorded if a refresh has the same keys in any order', async () => {
    const issuer = await quickIssuer()
    const keys = [(await makeKey('ES256')).jwk, (await makeKey('ES256')).jwk]
    await issuer.publish({ keys, only: true })
    await trusted(issuer)
    const first = await store().refreshKeys(issuer.url)
    expect(changesOf(issuer)).toHaveLength(1)
    await refresh()
    await issuer.publish({ keys: keys.toReversed(), only: true })
    await refresh()
    await issuer.publish({ keys: keys.map((key) => ({ ...key, x5c: ['AA'] })), only: true })
    await refresh()
    expect((await issuer.requests()).jwks).toBe(4)
    const last = await store().refreshKeys(issuer.url)
    expect(last?.version).toBe(first?.version)
    expect(last?.fetchedAt).not.toBe(first?.fetchedAt)
    expect(changesOf(issuer)).toHaveLength(1)
    expect(alertsOf(log, issuer)).toEqual([])
  })
})
