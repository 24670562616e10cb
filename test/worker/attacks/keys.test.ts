import { exportJWK } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  alertsOf,
  claimsOf,
  encode,
  forge,
  genericTrust,
  makeKey,
  type OwnKey,
  putTrust,
  reasonOf,
  signWith,
  watchLog,
} from '../support/attack.ts'
import { applyTrust, exchange } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'

const log = watchLog()
afterEach(() => {
  vi.useRealTimers()
})

/** Starts an issuer that publishes these keys and two good ones, and a gateway that trusts it. */
async function issuerWith(...keys: readonly unknown[]): Promise<TestIssuer> {
  const issuer = await quickIssuer()
  await issuer.publish({ keys })
  await applyTrust(genericTrust({ ci: issuer.url }))
  return issuer
}

/** The issuer of the last `outcome`. */
let last: TestIssuer

/** The outcome for a token signed with this key, if its issuer publishes this entry. */
async function outcome(key: OwnKey, published: unknown, alg = key.alg): Promise<string> {
  const issuer = await issuerWith(published)
  last = issuer
  const reason = await judgeInTime(await signWith(key, claimsOf(issuer.url), { alg }))
  // The other keys of the set stay usable.
  expect(await judgeInTime(await forge(issuer))).toBe('granted')
  return reason
}

/**
 * Asks again while a store does not answer in time, as on a busy machine: then nothing was decided about
 * the key. The answer that decides is the one that counts.
 */
async function judgeInTime(token: string): Promise<string> {
  let response = await exchange(token)
  while (response.status === 503) response = await exchange(token)
  return reasonOf(log, response)
}

describe('an entry of a key set', () => {
  it('KEY-01 of type oct is refused with an alert, also next to an RSA key of the same kid', async () => {
    const key = await makeKey('RS256')
    const secret = {
      kty: 'oct',
      kid: key.jwk.kid,
      k: encode('a secret of thirty-two bytes, yes'),
      alg: 'HS256',
    }
    const issuer = await issuerWith(secret, key.jwk)
    expect(await judgeInTime(await signWith(key, claimsOf(issuer.url)))).toBe('granted')
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
    expect(await judgeInTime(token)).toBe('algorithm_not_allowed')
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
  it.each(unfit)('KEY-02 AV-16 SP-04 with %s is not used', async (_, change) => {
    const key = await makeKey('ES256')
    expect(await outcome(key, { ...key.jwk, ...change })).toBe('key_unknown')
  })

  it('KEY-02 with use sig and key_ops that contain verify is used', async () => {
    const key = await makeKey('ES256')
    expect(await outcome(key, { ...key.jwk, use: 'sig', key_ops: ['verify'] })).toBe('granted')
  })

  it('KEY-03 is not used if another key has the same kid and algorithm', async () => {
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
        expect(await judgeInTime(await signWith(as(key), claimsOf(issuer.url)))).toBe(reason)
      }
    }
    const issuer = await issuerWith(as(ec).jwk, as(ec).jwk)
    expect(await judgeInTime(await signWith(as(ec), claimsOf(issuer.url)))).toBe('granted')
  })

  it('KEY-04 AV-11 of RSA has 2,048 to 8,192 bits', async () => {
    const small = await makeKey('RS256', { modulusLength: 1024 })
    expect(await outcome(small, small.jwk)).toBe('key_unknown')
    const any = await makeKey('RS256')
    const n = encode(new Uint8Array(8200 / 8).fill(0xc5))
    expect(await outcome(any, { ...any.jwk, n })).toBe('key_unknown')
  })

  it('KEY-05 of RSA must have the exponent 65537', async () => {
    const three = await makeKey('RS256', { publicExponent: new Uint8Array([3]) })
    expect(await outcome(three, three.jwk)).toBe('key_unknown')
    const any = await makeKey('RS256')
    for (const e of ['AQ', 'Ag', 'AQAA', '', `${'A'.repeat(400)}Aw`]) {
      expect(await outcome(any, { ...any.jwk, e }), e).toBe('key_unknown')
    }
  })

  it('KEY-06 AV-13 with a point that is not on its curve, or with an unsupported curve, verifies nothing', async () => {
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

  it('KEY-07 of Ed25519 must not be the identity point, which verifies any message', async () => {
    const identity = new Uint8Array(32)
    identity[0] = 1
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: encode(identity), kid: 'low-order' }
    const issuer = await issuerWith(jwk, { ...jwk, kid: 'named', alg: 'EdDSA' })
    // With R the identity and S zero, a signature is valid for every message under that key.
    const signature = new Uint8Array(64)
    signature[0] = 1
    for (const alg of ['EdDSA', 'Ed25519']) {
      const text = `${encode({ alg, kid: 'low-order' })}.${encode(claimsOf(issuer.url))}`
      expect(await judgeInTime(`${text}.${encode(signature)}`)).toBe('key_unknown')
    }
    const text = `${encode({ alg: 'ES256', kid: 'low-order' })}.${encode(claimsOf(issuer.url))}`
    expect(await judgeInTime(`${text}.${encode(signature)}`)).toBe('key_unknown')
  })

  it('KEY-08 with its private part is refused with an alert, and the value appears nowhere', async () => {
    const key = await makeKey('ES256')
    const { d } = await exportJWK(key.secret)
    expect(await outcome(key, { ...key.jwk, d })).toBe('key_unknown')
    expect(alertsOf(log, last)).toContain('private_key_published')
    expect(JSON.stringify(log.lines())).not.toContain(d)
  })

  it('KEY-09 that a standard publishes is refused with an alert', async () => {
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

  it('KEY-10 AV-19 of one issuer verifies no token of another issuer under the same kid', async () => {
    const [one, two] = [await quickIssuer(), await quickIssuer()]
    const [mine, theirs] = [await makeKey('ES256'), await makeKey('ES256')]
    const as = (key: OwnKey) => ({ ...key, jwk: { ...key.jwk, kid: 'k1' } })
    await one.publish({ keys: [as(mine).jwk], only: true })
    await two.publish({ keys: [as(theirs).jwk], only: true })
    await applyTrust(genericTrust({ one: one.url, two: two.url }))
    expect(await judgeInTime(await signWith(as(mine), claimsOf(one.url)))).toBe('granted')
    expect(await judgeInTime(await signWith(as(mine), claimsOf(two.url)))).toBe('signature_invalid')
    expect(await judgeInTime(await signWith(as(theirs), claimsOf(one.url)))).toBe(
      'signature_invalid',
    )
    const other = { ...mine, jwk: { ...mine.jwk, kid: 'k2' } }
    await one.publish({ keys: [other.jwk], only: true })
    await applyTrust(genericTrust({ one: one.url, two: two.url }))
    expect(await judgeInTime(await signWith(other, claimsOf(two.url)))).toBe('key_unknown')
  })
})
