import { describe, expect, it } from 'vitest'
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
import { applyTrust, exchange, GATEWAY } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'

const log = watchLog()

/** Starts an issuer whose keys the gateway has fetched. */
async function trusted(): Promise<TestIssuer> {
  const issuer = await quickIssuer()
  await applyTrust(genericTrust({ ci: issuer.url }))
  expect(await judge(log, await forge(issuer))).toBe('granted')
  return issuer
}

describe('a fetch of the gateway', () => {
  it('NET-01 is never made for an unknown issuer', async () => {
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
  it('NET-02 NET-03 NET-15 AV-21 AV-24 never goes to the gateway itself, to an internal address or to a pattern', async () => {
    await trusted()
    for (const [id, issuer] of addresses) {
      const document = {
        ...genericTrust({}),
        issuers: { ci: { provider: 'generic-oidc', issuer } },
      }
      expect(await putTrust(document), `${id} ${issuer}`).toEqual(['issuer_invalid'])
    }
  })

  it('NET-15 goes to the public address of its own zone, as its deployment settings require', () => {
    expect(wrangler).toMatch(/^compatibility_flags = \["global_fetch_strictly_public"\]$/m)
  })

  it('NET-11 goes to one address for each issuer', async () => {
    const issuer = await trusted()
    expect(await putTrust(genericTrust({ one: issuer.url, two: issuer.url }))).toEqual([
      'issuer_repeated',
    ])
    expect(await putTrust(genericTrust({ one: issuer.url, two: `${issuer.url}/` }))).toEqual([
      'issuer_repeated',
    ])
  })

  it('NET-12 bypasses every cache', async () => {
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
    ['NET-04 names another host for its keys', { discovery: 'foreign_keys' }, 'jwks_uri_refused'],
    ['NET-05 AV-20 names another issuer', { discovery: 'wrong_issuer' }, 'issuer_mismatch'],
    ['NET-06 redirects discovery', { discovery: 'redirect' }, 'redirected'],
    ['NET-06 redirects its keys', { jwks: 'redirect' }, 'redirected'],
    ['NET-07 sends 4 MiB of discovery', { discovery: 'huge' }, 'too_large'],
    ['NET-07 sends 4 MiB of keys', { jwks: 'huge' }, 'too_large'],
    ['NET-07 sends a gzip bomb', { jwks: 'gzip_bomb' }, 'too_large'],
    ['NET-07 sends an HTML page', { jwks: 'html' }, 'not_json'],
    ['NET-10 sends garbage', { jwks: 'garbage' }, 'not_json'],
    ['NET-09 is down', { discovery: 'down' }, 'status_not_200'],
  ]
  it.each(rows)(
    'that %s has no keys: its tokens get 503, and other issuers are not affected',
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

  it('NET-07 that is slow, or sends one byte at a time, is stopped after three seconds', {
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
    ['no keys', [], 'no_usable_key', 'empty_key_set'],
    [
      '65 keys',
      Array.from({ length: 65 }, () => ({ kty: 'EC' })),
      'too_many_keys',
      'too_many_keys',
    ],
    ['no usable key', [{ kty: 'oct', k: 'AAAA' }, null, 7], 'no_usable_key', 'empty_key_set'],
  ])(
    'NET-07 NET-10 that publishes %s is refused, and no caller is told to retry',
    async (_, keys, fault, alert) => {
      const issuer = await quickIssuer()
      await issuer.publish({ keys, only: true })
      await applyTrust(genericTrust({ ci: issuer.url }))
      const response = await exchange(await forge(issuer))
      expect([response.status, response.headers.has('retry-after')]).toEqual([400, false])
      expect(await reasonOf(log, response)).toBe('issuer_keys_unusable')
      expect(faultsOf(log, issuer)).toContain(fault)
      expect(alertsOf(log, issuer)).toContain(alert)
    },
  )
})
