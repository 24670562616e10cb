import { env } from 'cloudflare:workers'
import { base64url } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  claimsOf,
  encode,
  forge,
  genericTrust,
  judge,
  makeKey,
  type Part,
  reasonOf,
  signWith,
  watchLog,
} from '../support/attack.ts'
import { applyTrust, deployment, exchange } from '../support/gateway.ts'
import { newIssuer, quickIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const log = watchLog()
const issuer = newIssuer()
beforeAll(() => applyTrust(genericTrust({ ci: issuer.url })))

/** The same claims under another header, with the signature that it had. */
async function withHeader(header: Part): Promise<string> {
  const [, payload, signature] = (await forge(issuer)).split('.')
  return `${encode(header)}.${payload}.${signature}`
}

const hmac = async (secret: string | Uint8Array, text: string) => {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return `${text}.${encode(new Uint8Array(mac))}`
}

describe('the algorithm of a token', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', 'none '])(
    'TOK-01 AV-08 alg %j is refused with and without a signature, and asks nobody for keys',
    async (alg) => {
      expect(await judge(log, await forge(issuer))).toBe('granted')
      const before = await issuer.requests()
      const parts = `${encode({ alg, typ: 'JWT' })}.${encode(claimsOf(issuer.url))}`
      expect(await judge(log, `${parts}.${encode('signature')}`)).toBe('algorithm_not_allowed')
      expect(await judge(log, `${parts}.`)).toBe('token_malformed')
      expect(await issuer.requests()).toEqual(before)
    },
  )

  it('TOK-02 AV-09 is no HMAC, whatever form of the public key is the secret', async () => {
    const own = await quickIssuer()
    const key = await makeKey('RS256')
    // Without `alg`, so that nothing but our own list stands in the way.
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

  it('TOK-03 AV-10 is the one of its key: RS256 keys check neither PS256 nor RS512', async () => {
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
    // A P-256 key is for ES256 alone, also where it does not say so.
    const curve = await makeKey('ES256')
    await own.publish({ keys: [curve.jwk] })
    await applyTrust(genericTrust({ ci: own.url }))
    const es384 = await signWith(curve, claimsOf(own.url), { alg: 'ES384' })
    expect(await judge(log, es384)).toBe('key_unknown')
    // What its provider never signs with is refused before any key.
    const github = newIssuer()
    await applyTrust(trustFor(github.url))
    expect(await judge(log, await github.mint({ algorithm: 'PS256' }))).toBe(
      'algorithm_not_allowed',
    )
    await applyTrust(genericTrust({ ci: issuer.url }))
  })
})

describe('the header of a token', () => {
  it('TOK-04 AV-14 SP-03 gives no key, by value or by address, and nobody is asked', async () => {
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
      // Not even beside a signature that holds.
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
    ['a name of every object', '__proto__', 'key_unknown'],
    ['a name of every function', 'constructor', 'key_unknown'],
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
    // At most the one look for a new key, at the one place where keys are.
    expect((await issuer.requests()).jwks - before.jwks).toBeLessThanOrEqual(1)
  })

  it('TOK-06 without a kid is good where exactly one key can be meant', async () => {
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
    'TOK-08 with %j is refused, though the signature holds',
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
  ])('TOK-16 AV-34 of typ %j is another kind of token', async (typ) => {
    const reason = await judge(log, await forge(issuer, { header: { typ } }))
    expect(reason).toBe('token_kind_not_accepted')
  })

  it.each(['JWT', 'jwt', 'application/jwt', 'APPLICATION/JWT', undefined])(
    'TOK-16 AV-35 of typ %j is a JWT',
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

describe('the JSON of a token', () => {
  const good = () => JSON.stringify(claimsOf(issuer.url))
  const twice: readonly (readonly [string, () => { header?: string; claims?: string }])[] = [
    ['sub', () => ({ claims: good().replace('{', '{"sub":"job:2",') })],
    ['sub, once escaped', () => ({ claims: good().replace('{', '{"s\\u0075b":"job:2",') })],
    [
      'a member of a member',
      () => ({ claims: good().replace('{', '{"a":{"b":[{"c":1,"c":1}]},') }),
    ],
    ['alg', () => ({ header: '{"alg":"none","alg":"ES256"}' })],
    ['kid', () => ({ header: '{"alg":"ES256","kid":"a","kid":"b"}' })],
  ]
  it.each(twice)('TOK-09 AV-05 with %s twice is refused', async (_, change) => {
    expect(await judge(log, await forge(issuer, change()))).toBe('token_malformed')
  })

  const bytes = (text: string) => new TextEncoder().encode(text)
  const rows: readonly (readonly [string, () => Part])[] = [
    ['a list', () => '[]'],
    ['a text', () => '"claims"'],
    ['null', () => 'null'],
    ['a number', () => '7'],
    ['two objects', () => `${good()}${good()}`],
    ['with a byte order mark', () => `\ufeff${good()}`],
    ['not UTF-8', () => new Uint8Array([...bytes('{"a":"'), 0xff, ...bytes('"}')])],
    ['an overlong form', () => new Uint8Array([...bytes('{"a":"'), 0xc0, 0xaf, ...bytes('"}')])],
    ['a surrogate in UTF-8', () => new Uint8Array([...bytes('{"a":"'), 0xed, 0xa0, 0x80, 34, 125])],
    ['with a NUL byte', () => new Uint8Array([...bytes(good()), 0])],
    ['a token itself, under cty', () => 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA'],
  ]
  it.each(rows)('TOK-15 AV-04 that is %s is refused', async (_, make) => {
    expect(await judge(log, await forge(issuer, { claims: make() }))).toBe('token_malformed')
  })

  it.each([
    ['a lone surrogate', 'job\\ud800'],
    ['NUL', 'job\\u0000'],
  ])('TOK-15 whose subject holds %s is refused', async (_, sub) => {
    const claims = good().replace('"sub":"job:1"', `"sub":"${sub}"`)
    expect(await judge(log, await forge(issuer, { claims }))).toBe('claim_invalid')
  })

  /** An object that holds objects, `depth` of them in all. */
  const deep = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
  const wide = (members: number) =>
    Object.fromEntries(Array.from({ length: members }, (_, i) => [`m${i}`, 0]))
  const members = Object.keys(claimsOf('')).length
  const sizes: readonly (readonly [string, () => Part, string])[] = [
    ['16 deep', () => good().replace('{', `{"a":${deep(15)},`), 'granted'],
    ['17 deep', () => good().replace('{', `{"a":${deep(16)},`), 'token_malformed'],
    ['of 256 members', () => claimsOf(issuer.url, wide(256 - members)), 'granted'],
    ['of 257 members', () => claimsOf(issuer.url, wide(257 - members)), 'token_malformed'],
    [
      'with a name of 128 characters',
      () => claimsOf(issuer.url, { ['n'.repeat(128)]: 1 }),
      'granted',
    ],
    [
      'with a name of 129 characters',
      () => claimsOf(issuer.url, { ['n'.repeat(129)]: 1 }),
      'token_malformed',
    ],
    [
      'with a number of a thousand digits',
      () => good().replace('{', `{"n":${'9'.repeat(1000)},`),
      'granted',
    ],
  ]
  it.each(sizes)('TOK-14 that is %s: bounded', async (_, claims, reason) => {
    expect(await judge(log, await forge(issuer, { claims: claims() }))).toBe(reason)
  })

  it('TOK-14 is looked at only up to 16 KiB, and its header up to 2 KiB', async () => {
    const sized = async (length: number) => {
      // Three bytes more make four characters more; the header takes up the rest.
      for (const x of ['', 'x', 'xx', 'xxx']) {
        const header = { x }
        const empty = (await forge(issuer, { header, claims: { pad: '' } })).length
        const pad = 'p'.repeat(Math.max(0, Math.floor(((length - empty) * 3) / 4)))
        for (const more of ['', 'p', 'pp']) {
          const token = await forge(issuer, { header, claims: { pad: pad + more } })
          if (token.length === length) return token
        }
      }
      throw new Error('no padding fits')
    }
    expect(await judge(log, await sized(16 * 1024))).toBe('granted')
    expect(await judge(log, await sized(16 * 1024 + 1))).toBe('token_too_large')
    const wideHeader = (size: number) => forge(issuer, { header: { x: 'x'.repeat(size) } })
    const [small = ''] = (await wideHeader(0)).split('.')
    const room = Math.floor(((2048 - small.length) * 3) / 4)
    expect(await judge(log, await wideHeader(room - 2))).toBe('granted')
    expect(await judge(log, await wideHeader(room + 3))).toBe('token_too_large')
  })

  it.each([
    ['a thousand dots', '.'.repeat(1000)],
    ['ten thousand levels', `${encode('{"alg":"ES256"}')}.${encode(deepText(4000))}.AAAA`],
  ])('TOK-14 %s are refused', async (_, token) => {
    expect(await judge(log, token)).toBe('token_malformed')
  })
})

/** As deep as a token has room for. */
function deepText(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`
}

describe('the spelling of a token', () => {
  const parts = async () => (await forge(issuer)).split('.') as [string, string, string]

  /** The same bytes with another last character: bits that a lenient decoder drops. */
  const respell = (text: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(text.charAt(text.length - 1))
    return `${text.slice(0, -1)}${alphabet.charAt(last + 1)}`
  }

  it('TOK-10 AV-02 AV-03 has one form: no padding, no white space, no stray bits', async () => {
    const [header, payload, signature] = await parts()
    const rows = [
      `${header}.${payload}.${signature}=`,
      `${header}.${payload}.${signature}==`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}=.${signature}`,
      ` ${header}.${payload}.${signature}`,
      `${header}.${payload}.${signature}\n`,
      `${header}.${payload} .${signature}`,
      `${header}.${payload}.${signature.slice(0, 40)}\n${signature.slice(40)}`,
      `${header}.${payload}.${respell(signature)}`,
      `${header}.${payload}.${signature.replace(/.$/, '+')}`,
      `${header}.${payload}.${signature.replace(/.$/, '/')}`,
    ]
    for (const token of rows) expect(await judge(log, token)).toBe('token_malformed')
    expect(await judge(log, `${header}.${payload}.${signature}`)).toBe('granted')
  })

  const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'
  const fromHex = (hex: string) =>
    Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const zeros = new Uint8Array(32)
  const signatures: readonly (readonly [string, (good: Uint8Array) => Uint8Array])[] = [
    ['zeros', () => new Uint8Array(64)],
    ['r = 0', (good) => new Uint8Array([...zeros, ...good.slice(32)])],
    ['s = 0', (good) => new Uint8Array([...good.slice(0, 32), ...zeros])],
    ['r = n', (good) => new Uint8Array([...fromHex(ORDER), ...good.slice(32)])],
    ['s = n', (good) => new Uint8Array([...good.slice(0, 32), ...fromHex(ORDER)])],
    ['all ones', () => new Uint8Array(64).fill(0xff)],
    [
      'DER',
      (good) => new Uint8Array([0x30, 68, 2, 32, ...good.slice(0, 32), 2, 32, ...good.slice(32)]),
    ],
    ['truncated', (good) => good.slice(0, 63)],
    ['one byte', (good) => good.slice(0, 1)],
    ['over-long', (good) => new Uint8Array([...good, 0])],
  ]
  it.each(signatures)('TOK-12 AV-11 AV-13 with a signature of %s is refused', async (_, change) => {
    const [header, payload, signature] = await parts()
    const changed = encode(change(base64url.decode(signature)))
    expect(await judge(log, `${header}.${payload}.${changed}`)).toBe('signature_invalid')
  })

  it('TOK-12 with no signature, or one of another token, is refused', async () => {
    const [header, payload] = await parts()
    const [, , other] = await parts()
    expect(await judge(log, `${header}.${payload}.`)).toBe('token_malformed')
    expect(await judge(log, `${header}.${payload}.${other}`)).toBe('signature_invalid')
  })

  it('TOK-13 AV-01 AV-06 is compact: no encryption, no JSON form, no detached payload', async () => {
    const [header, payload, signature] = await parts()
    const p2c = encode({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31, p2s: 'AAAA' })
    const flat = { protected: header, payload, signature }
    const rows = [
      `${header}.${payload}.${signature}.AAAA`,
      `${p2c}.AAAA.AAAA.AAAA.AAAA`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${header}.${payload}`,
      JSON.stringify(flat),
      JSON.stringify({ payload, signatures: [flat, flat] }),
    ]
    for (const token of rows) expect(await judge(log, token)).toBe('token_malformed')
    expect(await judge(log, await forge(issuer, { header: { enc: 'A128GCM' } }))).toBe(
      'token_malformed',
    )
    expect(await judge(log, await forge(issuer, { header: { zip: 'DEF' } }))).toBe(
      'token_malformed',
    )
  })

  it('TOK-11 with the other of its two signatures is the same token to the ledger', async () => {
    const own = await quickIssuer()
    const trust = genericTrust({ ci: own.url })
    const rules = trust.rules.map((rule) => ({ ...rule, grant: { ...rule.grant, replay: 'once' } }))
    await applyTrust({ ...trust, rules })
    const token = await forge(own, { claims: { jti: undefined } })
    const [header, payload, signature = ''] = token.split('.')
    const bytes = base64url.decode(signature)
    const hex = Array.from(bytes.slice(32), (byte) => byte.toString(16).padStart(2, '0')).join('')
    const s = (BigInt(`0x${ORDER}`) - BigInt(`0x${hex}`)).toString(16).padStart(64, '0')
    const twin = `${header}.${payload}.${encode(new Uint8Array([...bytes.slice(0, 32), ...fromHex(s)]))}`
    expect(await judge(log, token)).toBe('granted')
    expect(await judge(log, twin)).toBe('token_used')
    await applyTrust(genericTrust({ ci: issuer.url }))
  })
})

it('TOK-18 all of this runs on the runtime that serves, with its own cryptography', async () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers')
  expect(env.ISSUER).toBe(deployment().ISSUER)
  // Node verifies under exponent 1, this runtime does not even take the key.
  const { jwk } = await makeKey('RS256')
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const one = { kty: 'RSA', n: jwk.n, e: 'AQ' } as JsonWebKey
  await expect(crypto.subtle.importKey('jwk', one, algorithm, false, ['verify'])).rejects.toThrow()
  const response = await exchange(await withHeader({ alg: 'ES256' }))
  expect(await reasonOf(log, response)).not.toBe('granted')
})
