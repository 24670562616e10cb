import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MAX_TOKEN_LIFETIME_SECONDS } from '../../../src/contract/limits.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../src/core/limits.ts'
import { getComposition } from '../../../src/worker/compose.ts'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import {
  alertsOf,
  claimsOf,
  encode,
  forge,
  genericTrust,
  judge,
  makeKey,
  type OwnKey,
  putTrust,
  signWith,
  watchLog,
} from '../support/attack.ts'
import {
  applyTrust,
  bearer,
  deployment,
  exchangeForm,
  GATEWAY,
  readJson,
} from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'

const log = watchLog()
afterEach(() => {
  vi.useRealTimers()
})

/** An issuer that publishes these keys beside two good ones, and a gateway that trusts it. */
async function issuerWith(...keys: readonly unknown[]): Promise<TestIssuer> {
  const issuer = await quickIssuer()
  await issuer.publish({ keys })
  await applyTrust(genericTrust({ ci: issuer.url }))
  return issuer
}

/** The issuer of the last `outcome`. */
let last: TestIssuer

/** What a token signed with this key comes to when its issuer publishes it so. */
async function outcome(key: OwnKey, published: unknown, alg = key.alg): Promise<string> {
  const issuer = await issuerWith(published)
  last = issuer
  const reason = await judge(log, await signWith(key, claimsOf(issuer.url), { alg }))
  // Whatever was wrong with that one, the others of the set stay good.
  expect(await judge(log, await forge(issuer))).toBe('granted')
  return reason
}

describe('an entry of a key set', () => {
  it('KEY-01 of kind oct is no key, beside an RSA key of the same kid or alone, and is told', async () => {
    const key = await makeKey('RS256')
    const secret = {
      kty: 'oct',
      kid: key.jwk.kid,
      k: encode('a secret of thirty-two bytes, yes'),
      alg: 'HS256',
    }
    const issuer = await issuerWith(secret, key.jwk)
    expect(await judge(log, await signWith(key, claimsOf(issuer.url)))).toBe('granted')
    const mac = await crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode('a secret of thirty-two bytes, yes'),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    const hmac: OwnKey = { jwk: key.jwk, secret: mac, alg: 'HS256' }
    const text = `${encode({ alg: 'HS256', kid: key.jwk.kid })}.${encode(claimsOf(issuer.url))}`
    const signature = await crypto.subtle.sign('HMAC', hmac.secret, new TextEncoder().encode(text))
    const token = `${text}.${encode(new Uint8Array(signature))}`
    expect(await judge(log, token)).toBe('algorithm_not_allowed')
    expect(alertsOf(log, issuer)).toContain('private_key_published')
  })

  const unfit: readonly (readonly [string, object])[] = [
    ['use enc', { use: 'enc' }],
    ['use jwt-svid', { use: 'jwt-svid' }],
    ['use that is a list', { use: ['sig'] }],
    ['key_ops without verify', { key_ops: ['encrypt'] }],
    ['key_ops that is a text', { key_ops: 'verify' }],
    ['an alg that is a list', { alg: ['ES256'] }],
    ['the alg of another use', { alg: 'ECDH-ES' }],
    ['a kid that is a list', { kid: ['x'] }],
  ]
  it.each(unfit)('KEY-02 AV-16 SP-04 with %s is no key', async (_, change) => {
    const key = await makeKey('ES256')
    expect(await outcome(key, { ...key.jwk, ...change })).toBe('key_unknown')
  })

  it('KEY-02 with use sig and verify among its key_ops is one', async () => {
    const key = await makeKey('ES256')
    expect(await outcome(key, { ...key.jwk, use: 'sig', key_ops: ['verify'] })).toBe('granted')
  })

  it('KEY-03 shares its kid with no other key for its algorithm: neither is one then', async () => {
    const [ec, rsa, rsa2] = [await makeKey('ES256'), await makeKey('RS256'), await makeKey('RS256')]
    const kid = 'shared'
    const as = ({ jwk, ...rest }: OwnKey): OwnKey => ({ ...rest, jwk: { ...jwk, kid } })
    for (const [one, two, reason] of [
      // RFC 7517 §4.5: keys of different types may share one.
      [ec, rsa, 'granted'],
      [rsa, rsa2, 'key_unknown'],
    ] as const) {
      const issuer = await issuerWith(as(one).jwk, as(two).jwk)
      for (const key of [one, two]) {
        expect(await judge(log, await signWith(as(key), claimsOf(issuer.url)))).toBe(reason)
      }
    }
    const issuer = await issuerWith(as(ec).jwk, as(ec).jwk)
    expect(await judge(log, await signWith(as(ec), claimsOf(issuer.url)))).toBe('granted')
  })

  it('KEY-04 AV-11 of RSA has 2,048 to 8,192 bits', async () => {
    const small = await makeKey('RS256', { modulusLength: 1024 })
    expect(await outcome(small, small.jwk)).toBe('key_unknown')
    const any = await makeKey('RS256')
    const n = encode(new Uint8Array(8200 / 8).fill(0xc5))
    expect(await outcome(any, { ...any.jwk, n })).toBe('key_unknown')
  })

  it('KEY-05 of RSA has the exponent 65537 and no other', async () => {
    const three = await makeKey('RS256', { publicExponent: new Uint8Array([3]) })
    expect(await outcome(three, three.jwk)).toBe('key_unknown')
    const any = await makeKey('RS256')
    for (const e of ['AQ', 'Ag', 'AQAA', '', `${'A'.repeat(400)}Aw`]) {
      expect(await outcome(any, { ...any.jwk, e }), e).toBe('key_unknown')
    }
  })

  it('KEY-06 AV-13 whose point is not on its curve, or not on one of ours, checks nothing', async () => {
    const key = await makeKey('ES256')
    const zero = encode(new Uint8Array(32))
    const points = [{ y: key.jwk.x }, { x: zero, y: zero }, { x: 'AAAA' }]
    for (const point of points) {
      expect(await outcome(key, { ...key.jwk, ...point })).toBe('key_unknown')
    }
    for (const crv of ['secp256k1', 'P-192', 'P-384', 7]) {
      expect(await outcome(key, { ...key.jwk, crv })).toBe('key_unknown')
    }
  })

  it('KEY-07 AV-12 of Ed25519 is none at its identity point, which verifies any message', async () => {
    const identity = new Uint8Array(32)
    identity[0] = 1
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: encode(identity), kid: 'low-order' }
    const issuer = await issuerWith(jwk, { ...jwk, kid: 'named', alg: 'EdDSA' })
    // R is the identity and S is zero: good for every message under that key.
    const signature = new Uint8Array(64)
    signature[0] = 1
    for (const alg of ['EdDSA', 'Ed25519']) {
      const text = `${encode({ alg, kid: 'low-order' })}.${encode(claimsOf(issuer.url))}`
      expect(await judge(log, `${text}.${encode(signature)}`)).toBe('key_unknown')
    }
    const text = `${encode({ alg: 'ES256', kid: 'low-order' })}.${encode(claimsOf(issuer.url))}`
    expect(await judge(log, `${text}.${encode(signature)}`)).toBe('key_unknown')
  })

  it('KEY-08 that shows its private half is no key, is told, and the value is nowhere', async () => {
    const key = await makeKey('ES256')
    const { d } = await exportJWK(key.secret)
    expect(await outcome(key, { ...key.jwk, d })).toBe('key_unknown')
    expect(alertsOf(log, last)).toContain('private_key_published')
    expect(JSON.stringify(log.lines())).not.toContain(d)
  })

  it('KEY-09 that a standard prints is no key, and is told', async () => {
    // RFC 7515 A.3
    const point = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    }
    const d = 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI'
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const secret = await crypto.subtle.importKey('jwk', { ...point, d }, algorithm, true, ['sign'])
    const key: OwnKey = { jwk: { ...point, kid: 'book' }, secret, alg: 'ES256' }
    expect(await outcome(key, key.jwk)).toBe('key_unknown')
    expect(alertsOf(log, last)).toContain('well_known_key_published')
    const keys = { jwks: { keys: [key.jwk] } }
    const uploaded = { provider: 'generic-oidc', issuer: 'https://ci.example.com', keys }
    expect(await putTrust({ ...genericTrust({}), issuers: { ci: uploaded } })).toEqual([
      'keys_unusable',
    ])
  })

  it('KEY-10 AV-19 of one issuer checks nothing of another, under the same kid', async () => {
    const [one, two] = [await quickIssuer(), await quickIssuer()]
    const [mine, theirs] = [await makeKey('ES256'), await makeKey('ES256')]
    const as = (key: OwnKey) => ({ ...key, jwk: { ...key.jwk, kid: 'k1' } })
    await one.publish({ keys: [as(mine).jwk], only: true })
    await two.publish({ keys: [as(theirs).jwk], only: true })
    await applyTrust(genericTrust({ one: one.url, two: two.url }))
    expect(await judge(log, await signWith(as(mine), claimsOf(one.url)))).toBe('granted')
    expect(await judge(log, await signWith(as(mine), claimsOf(two.url)))).toBe('signature_invalid')
    expect(await judge(log, await signWith(as(theirs), claimsOf(one.url)))).toBe(
      'signature_invalid',
    )
    const other = { ...mine, jwk: { ...mine.jwk, kid: 'k2' } }
    await one.publish({ keys: [other.jwk], only: true })
    await applyTrust(genericTrust({ one: one.url, two: two.url }))
    expect(await judge(log, await signWith(other, claimsOf(two.url)))).toBe('key_unknown')
  })
})

/** The worker with signing keys of our own instead of that of the tests. */
function withKeys(keys: Readonly<Record<string, string>>): Env {
  return { ...deployment(), SIGNING_KEY_TEST: undefined, ...keys } as unknown as Env
}

function ask(deployed: Env, path: string, init?: RequestInit): Promise<Response> | Response {
  return worker.fetch(new Request(`${GATEWAY}${path}`, init), deployed, createExecutionContext())
}

async function signingKey(alg: 'ES256' | 'RS256', dates: object = {}): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return JSON.stringify({ ...(await exportJWK(privateKey)), alg, ...dates })
}

describe('a signing key of our own', () => {
  it('KEY-11 is public before it signs, and stays until its last token has ended', async () => {
    const start = Math.floor(Date.now() / 1000)
    const moment = (offset: number) =>
      new Date((start + offset) * 1000).toISOString().replace(/\.\d+Z/, 'Z')
    const [HOUR, DAY] = [3600, 86_400]
    const issuer = await issuerWith()
    const deployed = withKeys({
      SIGNING_KEY_OLD: await signingKey('ES256', { retires_at: moment(DAY) }),
      SIGNING_KEY_NEW: await signingKey('ES256', { activates_at: moment(DAY - HOUR) }),
    })
    const at = async (offset: number) => {
      vi.useFakeTimers({ toFake: ['Date'], now: (start + offset) * 1000 })
      const body = new URLSearchParams(exchangeForm(await forge(issuer)))
      const response = await ask(deployed, '/token', { method: 'POST', body })
      const { access_token: token } = await readJson(response)
      const { keys } = (await readJson(await ask(deployed, '/jwks.json'))) as {
        keys: readonly { kid: string }[]
      }
      return {
        signer: decodeProtectedHeader(String(token)).kid,
        published: keys.map(({ kid }) => kid),
      }
    }
    const before = await at(0)
    const [old = '', next = ''] = before.published
    expect(before).toEqual({ signer: old, published: [old, next] })
    expect(await at(DAY - HOUR - 1)).toEqual({ signer: old, published: [old, next] })
    expect(await at(DAY - HOUR)).toEqual({ signer: next, published: [old, next] })
    const end = DAY + MAX_TOKEN_LIFETIME_SECONDS + CLOCK_LEEWAY_SECONDS
    expect(await at(end - 1)).toEqual({ signer: next, published: [old, next] })
    expect(await at(end)).toEqual({ signer: next, published: [next] })
  })

  it('KEY-11 makes no token ours once it has ended, at no endpoint', async () => {
    const text = await signingKey('ES256', { retires_at: '2020-01-01T00:00:00Z' })
    const jwk = JSON.parse(text) as JWK
    const deployed = { ...deployment(), SIGNING_KEY_OLD: text } as Env
    const at = Math.floor(Date.now() / 1000)
    const claims = {
      client_id: 'administer',
      scope: 'trust:read trust:write tokens:introspect revocations:write',
    }
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: await calculateJwkThumbprint(jwk), typ: 'at+jwt' })
      .setIssuer(GATEWAY)
      .setAudience(GATEWAY)
      .setSubject('x')
      .setJti('aaaaaaaaaaaaaaaaaaaaaa')
      .setIssuedAt(at)
      .setExpirationTime(at + 600)
      .sign(await importJWK(jwk, 'ES256'))
    const headers = bearer(token)
    const body = new URLSearchParams({ token })
    expect((await ask(deployed, '/admin/v1/trust', { headers })).status).toBe(401)
    const asked = await ask(deployed, '/introspect', { method: 'POST', headers, body })
    expect(await asked.json()).toEqual({ active: false })
    const other = new URLSearchParams({ token: `${token}x` })
    const revoked = await ask(deployed, '/revoke', { method: 'POST', headers, body: other })
    expect(revoked.status).toBe(401)
  })

  it('KEY-12 is in no answer, and nobody can take it out of the worker', async () => {
    const text = await signingKey('RS256')
    const deployed = withKeys({ SIGNING_KEY_OWN: text })
    const composition = await getComposition(deployed)
    if (!composition.ok) throw new Error('the settings are not in order')
    const [key] = composition.value.keyRing.keys
    const secret = key?.privateKey as CryptoKey
    expect([secret.type, secret.extractable]).toEqual(['private', false])
    await expect(crypto.subtle.exportKey('jwk', secret)).rejects.toThrow()
    const { n, d, p, q, dp, dq, qi } = JSON.parse(text) as Readonly<Record<string, string>>
    const paths = ['/jwks.json', '/health', '/.well-known/openid-configuration', '/admin/v1/trust']
    for (const path of [...paths, '/nowhere', '/token']) {
      const body = await (await ask(deployed, path)).text()
      for (const part of [d, p, q, dp, dq, qi]) expect(body).not.toContain(part)
    }
    expect(await (await ask(deployed, '/jwks.json')).text()).toContain(n)
  })

  const bad: readonly (readonly [string, () => Promise<string>])[] = [
    ['empty', async () => ''],
    ['no JSON', async () => 'BEGIN PRIVATE KEY'],
    ['cut short', async () => (await signingKey('ES256')).slice(0, -20)],
    [
      'short of its private half',
      async () => (await signingKey('ES256')).replace(/"d":"[^"]*",?/, ''),
    ],
    [
      'RSA of 1,024 bits',
      async () => {
        const { secret } = await makeKey('RS256', { modulusLength: 1024 })
        return JSON.stringify({ ...(await exportJWK(secret)), alg: 'RS256' })
      },
    ],
    ['under another kid', async () => signingKey('ES256', { kid: 'mine' })],
    ['for HS256', async () => JSON.stringify({ kty: 'oct', k: 'AAAA', d: 'x', alg: 'HS256' })],
  ]
  it.each(bad)('KEY-13 that is %s issues nothing, and is named, never shown', async (_, make) => {
    const issuer = await issuerWith()
    const text = await make()
    const deployed = withKeys({ SIGNING_KEY_BAD: text })
    const body = new URLSearchParams(exchangeForm(await forge(issuer)))
    const response = await ask(deployed, '/token', { method: 'POST', body })
    expect(response.status).toBe(503)
    const health = await ask(deployed, '/health')
    expect(health.status).toBe(503)
    const said = await health.text()
    expect(said).toContain('SIGNING_KEY_BAD')
    if (text.length > 20) expect(said).not.toContain(text.slice(10, 30))
    expect(await (await ask(deployed, '/jwks.json')).json()).toEqual({ keys: [] })
  })

  it('KEY-13 that stands in two secrets is named', async () => {
    const text = await signingKey('ES256')
    const deployed = withKeys({ SIGNING_KEY_ONE: text, SIGNING_KEY_TWO: text })
    const health = await ask(deployed, '/health')
    expect([health.status, (await health.text()).includes('SIGNING_KEY_TWO')]).toEqual([503, true])
    expect(env.ISSUER).toBe(GATEWAY)
  })
})
