/** An issuer whose keys were fetched and that fails later in different ways. */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ISSUER_KEYS_MAX_STALE_SECONDS } from '../../../src/contract/limits.ts'
import { KEY_COOLDOWN_SECONDS, KEY_REFRESH_SECONDS } from '../../../src/core/limits.ts'
import {
  alertsOf,
  encode,
  faultsOf,
  forge,
  genericTrust,
  judge,
  watchLog,
} from '../support/attack.ts'
import { applyTrust, deployment, exchange, runWith } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'

const log = watchLog()
const START = Math.floor(Date.now() / 1000)
afterEach(() => {
  vi.useRealTimers()
})

/** Sets the clock of gateway and store to this many seconds after the start of this file. */
function moveTo(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: (START + seconds) * 1000 })
}

const runAlarm = () => runDurableObjectAlarm(deployment().TRUST_STORE.getByName('trust'))

/** Starts an issuer whose keys the gateway has fetched. */
async function trusted(): Promise<TestIssuer> {
  const issuer = await quickIssuer()
  await applyTrust(genericTrust({ ci: issuer.url }))
  expect(await judge(log, await forge(issuer))).toBe('granted')
  return issuer
}

describe('an issuer that was good', () => {
  it('NET-08 AV-17 is fetched from once for a thousand tokens with unknown key ids', async () => {
    const issuer = await trusted()
    const before = await issuer.requests()
    const [, payload, signature] = (await forge(issuer)).split('.')
    const tokens = Array.from(
      { length: 1000 },
      (_, index) => `${encode({ alg: 'ES256', kid: `random-${index}` })}.${payload}.${signature}`,
    )
    const answers = await Promise.all(tokens.map((token) => exchange(token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    const { discovery, jwks } = await issuer.requests()
    expect([discovery - before.discovery, jwks - before.jwks]).toEqual([1, 1])
    expect(await judge(log, await forge(issuer))).toBe('granted')
  })

  it('NET-08 is not fetched from for a minute, also after a failed fetch', async () => {
    moveTo(0)
    const issuer = await trusted()
    await issuer.behave({ jwks: 'down' })
    const before = await issuer.requests()
    for (const kid of ['a', 'b', 'c']) await exchange(await forge(issuer, { header: { kid } }))
    expect((await issuer.requests()).jwks - before.jwks).toBe(1)
    moveTo(KEY_COOLDOWN_SECONDS)
    for (const kid of ['d', 'e']) await exchange(await forge(issuer, { header: { kid } }))
    expect((await issuer.requests()).jwks - before.jwks).toBe(2)
  })

  it('NET-09 and is down for two hours is accepted until the hard age, then refused, then recovers', async () => {
    moveTo(0)
    const issuer = await trusted()
    await issuer.behave({ discovery: 'down' })
    const found: [number, string][] = []
    for (let minute = 5; minute <= 120; minute += 5) {
      moveTo(minute * 60)
      await runAlarm()
      found.push([minute, await judge(log, await forge(issuer))])
    }
    const last = ISSUER_KEYS_MAX_STALE_SECONDS / 60
    expect(found).toEqual(
      found.map(([minute]) => [minute, minute <= last ? 'granted' : 'unavailable']),
    )
    expect(found.filter(([, reason]) => reason === 'granted')).toHaveLength(12)
    // The issuer recovers, and the gateway needs no help.
    await issuer.behave({ discovery: 'normal' })
    moveTo(122 * 60)
    expect(await judge(log, await forge(issuer))).toBe('granted')
  })

  it('NET-09 and fails at every second fetch stays accepted', async () => {
    moveTo(0)
    const issuer = await trusted()
    await issuer.behave({ discovery: 'flapping', jwks: 'flapping' })
    for (let minute = 11; minute <= 121; minute += 11) {
      moveTo(minute * 60)
      await runAlarm()
      expect(await judge(log, await forge(issuer))).toBe('granted')
    }
    expect(faultsOf(log, issuer)).toContain('status_not_200')
  })

  const broken: readonly (readonly [string, { discovery?: string; jwks?: string }, string])[] = [
    ['NET-10 publishes an empty set', { jwks: 'empty' }, 'empty_key_set'],
    ['NET-04 names a key set on another host', { discovery: 'foreign_keys' }, 'jwks_uri_elsewhere'],
    ['NET-05 names another issuer', { discovery: 'wrong_issuer' }, 'issuer_mismatch'],
  ]
  it.each(broken)('and %s keeps its last keys and causes an alert', async (_, how, alert) => {
    moveTo(0)
    const issuer = await trusted()
    await issuer.behave(how)
    moveTo(KEY_REFRESH_SECONDS + 1)
    await runAlarm()
    expect(alertsOf(log, issuer)).toEqual([alert])
    expect(await judge(log, await forge(issuer))).toBe('granted')
  })

  it('NET-13 never returns to older keys: a late answer changes nothing', async () => {
    const issuer = await trusted()
    const store = deployment().TRUST_STORE.getByName('trust')
    const old = await store.refreshKeys(issuer.url)
    await issuer.rotate()
    const token = await forge(issuer)
    expect(await judge(log, token)).toBe('granted')
    // An isolate with the new set receives the old set last.
    const late = {
      getByName: () => ({
        snapshotSince: (known: never) => store.snapshotSince(known),
        refreshKeys: async () => old,
        countDecisions: async () => undefined,
      }),
    }
    const isolate = runWith({ TRUST_STORE: late as never })
    expect((await isolate.exchange(token)).status).toBe(200)
    const unknown = await forge(issuer, { header: { kid: 'unknown' } })
    expect((await isolate.exchange(unknown)).status).toBe(400)
    expect((await isolate.exchange(await forge(issuer))).status).toBe(200)
  })

  it('NET-14 and withdraws a key loses it at the next refresh, or at once at a fetch', async () => {
    moveTo(0)
    const issuer = await trusted()
    const early = await forge(issuer, { claims: { exp: START + 3600 } })
    await issuer.rotate()
    expect(await judge(log, early)).toBe('granted')
    moveTo(KEY_REFRESH_SECONDS + 1)
    await runAlarm()
    expect(await judge(log, early)).toBe('key_unknown')
    const hasty = await trusted()
    const token = await forge(hasty, { claims: { exp: START + 3600 } })
    await hasty.rotate()
    expect(await judge(log, await forge(hasty))).toBe('granted')
    expect(await judge(log, token)).toBe('key_unknown')
  })

  it('NET-14 ISS-05 and publishes other keys each time never verifies with an old key', async () => {
    moveTo(0)
    const issuer = await trusted()
    await issuer.behave({ jwks: 'swapping' })
    const tokens = [await forge(issuer, { claims: { exp: START + 7200 } })]
    for (let turn = 1; turn <= 3; turn += 1) {
      moveTo(turn * (KEY_REFRESH_SECONDS + 1))
      await runAlarm()
      for (const token of tokens) expect(await judge(log, token)).toBe('key_unknown')
      const own = await forge(issuer, { claims: { exp: START + 7200 } })
      expect(await judge(log, own)).toBe('granted')
      tokens.push(own)
    }
    expect(new Set(alertsOf(log, issuer))).toEqual(new Set(['every_key_replaced']))
  })
})
