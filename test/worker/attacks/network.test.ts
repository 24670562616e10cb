import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ISSUER_KEYS_MAX_STALE_SECONDS } from '../../../src/contract/limits.ts'
import { KEY_COOLDOWN_SECONDS, KEY_REFRESH_SECONDS } from '../../../src/core/limits.ts'
import wrangler from '../../../wrangler.toml?raw'
import {
  alertsOf,
  claimsOf,
  encode,
  faultsOf,
  forge,
  genericTrust,
  judge,
  makeKey,
  putTrust,
  reasonOf,
  signWith,
  watchLog,
} from '../support/attack.ts'
import { applyTrust, deployment, exchange, GATEWAY, runWith } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'

const log = watchLog()
const START = Math.floor(Date.now() / 1000)
afterEach(() => {
  vi.useRealTimers()
})

/** The clock of gateway and store alike, so many seconds after the start of this file. */
function moveTo(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: (START + seconds) * 1000 })
}

const runAlarm = () => runDurableObjectAlarm(deployment().TRUST_STORE.getByName('trust'))

/** An issuer whose keys the gateway has. */
async function trusted(): Promise<TestIssuer> {
  const issuer = await quickIssuer()
  await applyTrust(genericTrust({ ci: issuer.url }))
  expect(await judge(log, await forge(issuer))).toBe('granted')
  return issuer
}

describe('where the gateway goes', () => {
  it('NET-01 is nowhere for an issuer that nobody registered, whoever signed', async () => {
    await trusted()
    const stranger = await quickIssuer()
    const good = await forge(stranger)
    const forged = `${good.slice(0, good.lastIndexOf('.'))}.${encode('signature')}`
    for (const token of [good, forged]) expect(await judge(log, token)).toBe('issuer_not_trusted')
    expect(await stranger.requests()).toEqual({ discovery: 0, jwks: 0 })
  })

  const addresses = [
    ['NET-02', 'http://localhost?issuer=https://token.actions.githubusercontent.com'],
    ['NET-02', 'https://evil.test/?x=https://issuer.example.com'],
    ['NET-02', 'https://*.example.com'],
    ['NET-02', 'https://(a|b).example.com'],
    ['NET-03', 'https://127.0.0.1'],
    ['NET-03', 'https://2130706433'],
    ['NET-03', 'https://0x7f.1'],
    ['NET-03', 'https://0177.0.0.1'],
    ['NET-03', 'https://127.1'],
    ['NET-03', 'https://[::ffff:7f00:1]'],
    ['NET-03', 'https://localhost'],
    ['NET-03', 'https://localhost.'],
    ['NET-03', 'https://169.254.169.254'],
    ['NET-03', 'https://metadata.google.internal'],
    ['NET-03', 'https://printer.local'],
    ['NET-03', 'https://issuer'],
    ['NET-03', 'http://issuer.example.com'],
    ['NET-03', 'https://user@issuer.example.com'],
    ['NET-03', 'https://issuer.example.com?a'],
    ['NET-03', 'https://issuer.example.com#a'],
    ['NET-03', 'https://issuer.example.com:443'],
    ['NET-03', 'https://Issuer.example.com'],
    ['NET-03', 'https://iſsuer.example.com'],
    ['NET-15', GATEWAY],
    ['NET-15', `${GATEWAY}/tenant`],
    ['NET-15', `${GATEWAY}:8443`],
  ] as const
  it('NET-02 NET-03 NET-15 AV-21 AV-24 is no address of ours, no inner one and no pattern', async () => {
    await trusted()
    for (const [id, issuer] of addresses) {
      const document = {
        ...genericTrust({}),
        issuers: { ci: { provider: 'generic-oidc', issuer } },
      }
      expect(await putTrust(document), `${id} ${issuer}`).toEqual(['issuer_invalid'])
    }
  })

  it('NET-15 is the public front of its own zone, by the settings it is deployed with', () => {
    expect(wrangler).toMatch(/^compatibility_flags = \["global_fetch_strictly_public"\]$/m)
  })

  it('NET-11 is one place for one issuer', async () => {
    const issuer = await trusted()
    expect(await putTrust(genericTrust({ one: issuer.url, two: issuer.url }))).toEqual([
      'issuer_repeated',
    ])
    expect(await putTrust(genericTrust({ one: issuer.url, two: `${issuer.url}/` }))).toEqual([
      'issuer_repeated',
    ])
  })

  it('NET-12 is past every cache, whatever somebody has put there', async () => {
    const issuer = await quickIssuer()
    const key = await makeKey('ES256')
    const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=3600' }
    const planted = new Response(JSON.stringify({ keys: [key.jwk] }), { headers })
    await caches.default.put(`${issuer.url}/jwks`, planted)
    await applyTrust(genericTrust({ ci: issuer.url }))
    expect(await judge(log, await signWith(key, claimsOf(issuer.url)))).toBe('key_unknown')
    expect(await judge(log, await forge(issuer))).toBe('granted')
    expect((await issuer.requests()).jwks).toBeGreaterThan(0)
  })
})

describe('an issuer that misbehaves from the start', () => {
  const rows: readonly (readonly [string, { discovery?: string; jwks?: string }, string])[] = [
    ['NET-04 swaps the host of its keys', { discovery: 'foreign_keys' }, 'jwks_uri_refused'],
    ['NET-05 AV-20 names another issuer', { discovery: 'wrong_issuer' }, 'issuer_mismatch'],
    ['NET-06 redirects discovery', { discovery: 'redirect' }, 'redirected'],
    ['NET-06 redirects its keys', { jwks: 'redirect' }, 'redirected'],
    ['NET-07 sends 4 MiB of discovery', { discovery: 'huge' }, 'too_large'],
    ['NET-07 sends 4 MiB of keys', { jwks: 'huge' }, 'too_large'],
    ['NET-07 sends a gzip bomb', { jwks: 'gzip_bomb' }, 'too_large'],
    ['NET-07 sends a page', { jwks: 'html' }, 'not_json'],
    ['NET-10 sends garbage', { jwks: 'garbage' }, 'not_json'],
    ['NET-09 is down', { discovery: 'down' }, 'status_not_200'],
  ]
  it.each(rows)(
    'that %s has no keys: its tokens are 503, and others are well',
    async (_, how, fault) => {
      const [bad, good] = [await quickIssuer(), await quickIssuer()]
      await bad.behave(how)
      await applyTrust(genericTrust({ bad: bad.url, good: good.url }))
      const response = await exchange(await forge(bad))
      expect([response.status, response.headers.has('retry-after')]).toEqual([503, true])
      expect(await reasonOf(log, response)).toBe('unavailable')
      expect(faultsOf(log, bad)).toContain(fault)
      expect(await judge(log, await forge(good))).toBe('granted')
    },
  )

  it('NET-07 that is slow, or sends a byte at a time, is given three seconds and no more', {
    timeout: 90_000,
  }, async () => {
    const [slow, trickle] = [await quickIssuer(), await quickIssuer()]
    await slow.behave({ jwks: 'slow' })
    await trickle.behave({ discovery: 'trickle' })
    await applyTrust(genericTrust({ slow: slow.url, trickle: trickle.url }))
    const tokens = await Promise.all([forge(slow), forge(trickle)])
    const answers = await Promise.all(tokens.map((token) => exchange(token)))
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    for (const one of [slow, trickle]) expect(faultsOf(log, one)).toContain('timed_out')
  })

  it.each([
    ['no keys', [], 'no_usable_key'],
    ['65 keys', Array.from({ length: 65 }, () => ({ kty: 'EC' })), 'too_many_keys'],
    ['keys that are none', [{ kty: 'oct', k: 'AAAA' }, null, 7], 'no_usable_key'],
  ])(
    'NET-07 NET-10 that publishes %s is refused, and nobody is told to come again',
    async (_, keys, fault) => {
      const issuer = await quickIssuer()
      await issuer.publish({ keys, only: true })
      await applyTrust(genericTrust({ ci: issuer.url }))
      const response = await exchange(await forge(issuer))
      expect([response.status, response.headers.has('retry-after')]).toEqual([400, false])
      expect(await reasonOf(log, response)).toBe('issuer_keys_unusable')
      expect(faultsOf(log, issuer)).toContain(fault)
      expect(alertsOf(log, issuer)).toContain('empty_key_set')
    },
  )
})

describe('an issuer that was good', () => {
  it('NET-08 AV-17 is asked once, whatever a thousand tokens name as their key', async () => {
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

  it('NET-08 is left alone for a minute after a fetch that failed, too', async () => {
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

  it('NET-09 and is down for two hours: served to the hard age, then refused, then well again', async () => {
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
    // Back again, and nobody does anything about it here.
    await issuer.behave({ discovery: 'normal' })
    moveTo(122 * 60)
    expect(await judge(log, await forge(issuer))).toBe('granted')
  })

  it('NET-09 and is down every other time is well all the time', async () => {
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
    ['NET-10 empties its set', { jwks: 'empty' }, 'empty_key_set'],
    ['NET-04 sends us elsewhere', { discovery: 'foreign_keys' }, 'jwks_uri_elsewhere'],
    ['NET-05 becomes another', { discovery: 'wrong_issuer' }, 'issuer_mismatch'],
  ]
  it.each(broken)('and %s keeps what it had, and is told', async (_, how, alert) => {
    moveTo(0)
    const issuer = await trusted()
    await issuer.behave(how)
    moveTo(KEY_REFRESH_SECONDS + 1)
    await runAlarm()
    expect(alertsOf(log, issuer)).toEqual([alert])
    expect(await judge(log, await forge(issuer))).toBe('granted')
  })

  it('NET-13 never goes back: an answer that comes late changes nothing', async () => {
    const issuer = await trusted()
    const store = deployment().TRUST_STORE.getByName('trust')
    const old = await store.refreshKeys(issuer.url)
    await issuer.rotate()
    const token = await forge(issuer)
    expect(await judge(log, token)).toBe('granted')
    // An isolate that holds the new set hears the old one last.
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

  it('NET-14 and takes a key back is believed at the next refresh, and at once when asked', async () => {
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

  it('NET-14 ISS-05 and shows other keys each time is never believed about an old one', async () => {
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
