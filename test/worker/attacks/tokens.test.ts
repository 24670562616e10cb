import { base64url } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  claimsOf,
  encode,
  forge,
  genericTrust,
  judge,
  makeKey,
  signWith,
  watchLog,
} from '../support/attack.ts'
import { applyTrust } from '../support/gateway.ts'
import { newIssuer, quickIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const log = watchLog()
const issuer = newIssuer()
beforeAll(() => applyTrust(genericTrust({ ci: issuer.url })))

const hmac = async (secret: string | Uint8Array, text: string) => {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return `${text}.${encode(new Uint8Array(mac))}`
}

describe('the algorithm of a token', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', 'none '])(
    'TOK-01 AV-08 alg %j is refused with and without a signature, and no keys are fetched',
    async (alg) => {
      expect(await judge(log, await forge(issuer))).toBe('granted')
      const before = await issuer.requests()
      const parts = `${encode({ alg, typ: 'JWT' })}.${encode(claimsOf(issuer.url))}`
      expect(await judge(log, `${parts}.${encode('signature')}`)).toBe('algorithm_not_allowed')
      expect(await judge(log, `${parts}.`)).toBe('token_malformed')
      expect(await issuer.requests()).toEqual(before)
    },
  )

  it('TOK-02 AV-09 is never an HMAC, in whatever form the public key is the secret', async () => {
    const own = await quickIssuer()
    const key = await makeKey('RS256')
    // Without `alg`, so that only the gateway's list of algorithms refuses it.
    await own.publish({ keys: [key.jwk] })
    await applyTrust(genericTrust({ ci: own.url }))
    expect(await judge(log, await signWith(key, claimsOf(own.url)))).toBe('granted')
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const publicKey = await crypto.subtle.importKey('jwk', key.jwk as JsonWebKey, algorithm, true, [
      'verify',
    ])
    const der = new Uint8Array((await crypto.subtle.exportKey('spki', publicKey)) as ArrayBuffer)
    const pem = `-----BEGIN PUBLIC KEY-----\n${btoa(String.fromCharCode(...der))
      .match(/.{1,64}/g)
      ?.join('\n')}\n-----END PUBLIC KEY-----\n`
    const secrets = [
      pem,
      der,
      JSON.stringify(key.jwk),
      base64url.decode(String(key.jwk.n)),
      key.jwk.n,
    ]
    for (const secret of secrets) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const text = `${encode({ alg, typ: 'JWT', kid: key.jwk.kid })}.${encode(claimsOf(own.url))}`
        expect(await judge(log, await hmac(secret ?? '', text))).toBe('algorithm_not_allowed')
      }
    }
    await applyTrust(genericTrust({ ci: issuer.url }))
  })

  it('TOK-03 AV-10 must be that of its key: RS256 keys verify neither PS256 nor RS512', async () => {
    const own = await quickIssuer()
    const key = await makeKey('RS256')
    const pkcs8 = (await crypto.subtle.exportKey('pkcs8', key.secret)) as ArrayBuffer
    await own.publish({ keys: [{ ...key.jwk, alg: 'RS256' }] })
    await applyTrust(genericTrust({ ci: own.url }))
    expect(await judge(log, await signWith(key, claimsOf(own.url)))).toBe('granted')
    const rows = [
      ['PS256', { name: 'RSA-PSS', hash: 'SHA-256' }, { name: 'RSA-PSS', saltLength: 32 }],
      ['RS512', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }, { name: 'RSASSA-PKCS1-v1_5' }],
    ] as const
    for (const [alg, as, how] of rows) {
      const secret = await crypto.subtle.importKey('pkcs8', pkcs8, as, false, ['sign'])
      const text = `${encode({ alg, kid: key.jwk.kid })}.${encode(claimsOf(own.url))}`
      const signature = await crypto.subtle.sign(how, secret, new TextEncoder().encode(text))
      const token = `${text}.${encode(new Uint8Array(signature))}`
      expect(await judge(log, token), alg).toBe('key_unknown')
    }
    // A P-256 key is only for ES256, even without `alg`.
    const curve = await makeKey('ES256')
    await own.publish({ keys: [curve.jwk] })
    await applyTrust(genericTrust({ ci: own.url }))
    const es384 = await signWith(curve, claimsOf(own.url), { alg: 'ES384' })
    expect(await judge(log, es384)).toBe('key_unknown')
    // An algorithm that the provider never uses is refused before a key is looked up.
    const github = newIssuer()
    await applyTrust(trustFor(github.url))
    expect(await judge(log, await github.mint({ algorithm: 'PS256' }))).toBe(
      'algorithm_not_allowed',
    )
    await applyTrust(genericTrust({ ci: issuer.url }))
  })
})

describe('the header of a token', () => {
  it('TOK-04 AV-14 SP-03 supplies no key, by value or by URL, and nothing is fetched', async () => {
    const own = await makeKey('ES256')
    const bait = await quickIssuer()
    const headers = [
      { jwk: own.jwk },
      { jku: `${bait.url}/jwks` },
      { x5u: `${bait.url}/jwks` },
      { x5c: ['MIIB'] },
    ]
    for (const header of headers) {
      const token = await signWith(own, claimsOf(issuer.url), header)
      expect(await judge(log, token), Object.keys(header)[0]).toBe('token_malformed')
      // Not even with a valid signature.
      expect(await judge(log, await forge(issuer, { header }))).toBe('token_malformed')
    }
    expect(await bait.requests()).toEqual({ discovery: 0, jwks: 0 })
    const thumbprints = { x5t: 'Zm9v', 'x5t#S256': 'Zm9v' }
    expect(await judge(log, await forge(issuer, { header: thumbprints }))).toBe('granted')
  })

  const kids: readonly (readonly [string, unknown, string])[] = [
    ['a path', '../../../etc/passwd', 'key_unknown'],
    ['an address', 'http://127.0.0.1:1/key', 'key_unknown'],
    ['SQL', "' OR 1=1; DROP TABLE issuer_keys; --", 'key_unknown'],
    ['a property of every object', '__proto__', 'key_unknown'],
    ['a property of every function', 'constructor', 'key_unknown'],
    ['with NUL', 'a\u0000b', 'token_malformed'],
    ['with a line break', 'a\nb', 'token_malformed'],
    ['empty', '', 'token_malformed'],
    ['of 257 characters', 'k'.repeat(257), 'token_malformed'],
    ['of 10 kB', 'k'.repeat(10_000), 'token_too_large'],
    ['an object', { toString: 'x' }, 'token_malformed'],
    ['a number', 7, 'token_malformed'],
    ['a list', ['k'], 'token_malformed'],
    ['null', null, 'token_malformed'],
  ]
  it.each(kids)('TOK-05 AV-15 with a kid that is %s is refused', async (_, kid, reason) => {
    expect(await judge(log, await forge(issuer))).toBe('granted')
    const before = await issuer.requests()
    expect(await judge(log, await forge(issuer, { header: { kid } }))).toBe(reason)
    // At most one fetch for a new key, at the configured address.
    expect((await issuer.requests()).jwks - before.jwks).toBeLessThanOrEqual(1)
  })

  it('TOK-06 without a kid is accepted if exactly one key fits', async () => {
    const [one, two] = [await makeKey('ES256'), await makeKey('ES256')]
    const own = await quickIssuer()
    await own.publish({ keys: [one.jwk], only: true })
    await applyTrust(genericTrust({ ci: own.url }))
    const token = await signWith(one, claimsOf(own.url), { kid: undefined })
    expect(await judge(log, token)).toBe('granted')
    await own.publish({ keys: [one.jwk, two.jwk], only: true })
    await applyTrust(genericTrust({ ci: own.url }))
    expect(await judge(log, token)).toBe('key_unknown')
    await applyTrust(genericTrust({ ci: issuer.url }))
  })

  it.each([
    ['an unknown extension', { crit: ['exp'], exp: 1 }],
    ['an empty list', { crit: [] }],
    ['a text', { crit: 'b64' }],
    ['an inherited name', { crit: ['constructor'] }],
    ['null', { crit: null }],
    ['a name twice', { crit: ['b64', 'b64'], b64: true }],
  ])('TOK-07 AV-07 with crit that is %s is refused', async (_, header) => {
    expect(await judge(log, await forge(issuer, { header }))).toBe('token_malformed')
  })

  it.each([{ b64: false }, { b64: true }, { b64: false, crit: ['b64'] }])(
    'TOK-08 with %j is refused, even with a valid signature',
    async (header) => {
      expect(await judge(log, await forge(issuer, { header }))).toBe('token_malformed')
    },
  )

  it.each([
    'at+jwt',
    'application/at+jwt',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'client-authentication+jwt',
    'statuslist+jwt',
    'txntoken+jwt',
    'token-introspection+jwt',
    'JOSE',
    '',
  ])('TOK-16 AV-34 of typ %j is refused as another token type', async (typ) => {
    const reason = await judge(log, await forge(issuer, { header: { typ } }))
    expect(reason).toBe('token_kind_not_accepted')
  })

  it.each(['JWT', 'jwt', 'application/jwt', 'APPLICATION/JWT', undefined])(
    'TOK-16 AV-35 of typ %j is accepted as a JWT',
    async (typ) => {
      expect(await judge(log, await forge(issuer, { header: { typ } }))).toBe('granted')
    },
  )

  it.each(['access_token', 'refresh_token', 'saml1', 'saml2', 'id-jag', 'txn_token'])(
    'TOK-17 TE-30 offered as %s is refused',
    async (type) => {
      const subject_token_type = `urn:ietf:params:oauth:token-type:${type}`
      const token = await forge(issuer)
      expect(await judge(log, token, { subject_token_type })).toBe('token_type_unsupported')
    },
  )
})
