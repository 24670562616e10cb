import { beforeAll, describe, expect, it } from 'vitest'
import { checkDpopProof } from '../../../src/protocol/dpop/check-proof.ts'
import { createSignatureVerifier } from '../../../src/web/signature.ts'
import { createProofHolder, type ProofHolder, type ProofParts } from '../../support/dpop.ts'

const HTU = 'https://sts.example.com/token'
const NOW = 1_800_000_000
const CLAIMS = { jti: 'proof-1', htm: 'POST', htu: HTU, iat: NOW }

const verifySignature = createSignatureVerifier()
let holder: ProofHolder
let rsa: ProofHolder
let other: ProofHolder
beforeAll(async () => {
  holder = await createProofHolder()
  rsa = await createProofHolder('RS256')
  other = await createProofHolder()
})

async function judge(proof: string) {
  const expected = { method: 'POST', url: HTU, now: NOW }
  const checked = await checkDpopProof(proof, expected, verifySignature)
  return checked.ok ? checked.value.jkt : checked.error
}

type Change = (parts: ProofParts) => ProofParts
const headers =
  (more: object): Change =>
  (parts) => ({ ...parts, header: { ...parts.header, ...more } })
const keyOf = (more: object) => headers({ jwk: { ...holder.jwk, ...more } })

describe('the header of a proof', () => {
  it.each([
    ['DP-02 no typ', { typ: undefined }, 'typ'],
    ['DP-02 the typ of a JWT', { typ: 'JWT' }, 'typ'],
    ['DP-02 the typ of an access token', { typ: 'at+jwt' }, 'typ'],
    ['DP-02 a typ that is a list', { typ: ['dpop+jwt'] }, 'typ'],
    ['DP-02 a typ with a parameter', { typ: 'dpop+jwt;v=1' }, 'typ'],
    ['DP-03 alg none', { alg: 'none' }, 'alg'],
    ['DP-03 no alg', { alg: undefined }, 'alg'],
    ['DP-03 a MAC', { alg: 'HS256' }, 'alg'],
    ['DP-03 ES256 in lower case', { alg: 'es256' }, 'alg'],
    ['DP-03 an algorithm that is not listed', { alg: 'ES512' }, 'alg'],
    ['DP-03 an algorithm of another key', { alg: 'ES384' }, 'signature'],
    ['DP-03 an algorithm of another type', { alg: 'RS256' }, 'signature'],
    ['TOK-07 crit', { crit: ['exp'] }, 'header'],
    ['TOK-07 an empty crit', { crit: [] }, 'header'],
    ['TOK-08 b64', { b64: false }, 'header'],
    ['TOK-04 a key at a URL', { jku: 'https://evil.example/jwks' }, 'header'],
    ['TOK-04 a certificate', { x5c: [] }, 'header'],
    ['TOK-04 a certificate at a URL', { x5u: 'https://evil.example/cert' }, 'header'],
    ['TOK-07 compression', { zip: 'DEF' }, 'header'],
    ['TOK-07 encryption', { enc: 'A256GCM' }, 'header'],
    ['DP-04 no key', { jwk: undefined }, 'jwk'],
    ['DP-04 a key in text', { jwk: '{}' }, 'jwk'],
    ['DP-04 a list of keys', { jwk: [{}] }, 'jwk'],
    ['DP-04 a key of null', { jwk: null }, 'jwk'],
  ])('%s is refused', async (_, more, fault) => {
    expect(await judge(await holder.prove(CLAIMS, headers(more)))).toBe(fault)
  })

  it('DPOP-01 no caller can allow a MAC or no signature', async () => {
    for (const alg of ['HS256', 'none', 'ES512']) {
      const proof = await holder.prove(CLAIMS, headers({ alg }))
      const expected = { method: 'POST', url: HTU, now: NOW, algorithms: [alg] }
      const checked = await checkDpopProof(proof, expected, verifySignature)
      expect(checked).toEqual({ ok: false, error: 'alg' })
    }
  })

  it.each(['DPoP+JWT', 'application/dpop+jwt', 'APPLICATION/DPOP+JWT'])(
    'a media type is case-insensitive: %s is accepted (RFC 7515 §4.1.9)',
    async (typ) => {
      expect(await judge(await holder.prove(CLAIMS, headers({ typ })))).toBe(holder.jkt)
    },
  )
})

describe('the key of a proof', () => {
  it('KEY-07 a proof that was made without a private key is refused', async () => {
    const identity = Buffer.alloc(32)
    identity[0] = 1
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: identity.toString('base64url') }
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${encode({ typ: 'dpop+jwt', alg: 'Ed25519', jwk })}.${encode(CLAIMS)}`
    // R is the neutral element and S is 0, which holds for every message.
    const signature = Buffer.concat([identity, Buffer.alloc(32)]).toString('base64url')
    expect(await judge(`${signed}.${signature}`)).toBe('jwk')
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])(
    'DPOP-01 a private member %s is refused, even an empty one',
    async (name) => {
      expect(await judge(await holder.prove(CLAIMS, keyOf({ [name]: 'AQAB' })))).toBe('jwk')
      expect(await judge(await holder.prove(CLAIMS, keyOf({ [name]: null })))).toBe('jwk')
    },
  )

  it('DPOP-01 the private key itself is refused', async () => {
    const proof = await holder.prove(CLAIMS, headers({ jwk: holder.privateJwk }))
    expect(await judge(proof)).toBe('jwk')
  })

  it.each([
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['another curve', { crv: 'P-521' }],
    ['secp256k1', { crv: 'secp256k1' }],
    ['a curve by an inherited name', { crv: 'constructor' }],
    ['a type in lower case', { kty: 'ec' }],
    ['no type', { kty: undefined }],
    ['no y', { y: undefined }],
    ['a padded coordinate', (jwk: { x?: string }) => ({ x: `${jwk.x}=` })],
    [
      'DPOP-05 a coordinate with an octet more',
      ({ x = '' }: { x?: string }) => ({
        x: Buffer.concat([Buffer.alloc(1), Buffer.from(x, 'base64url')]).toString('base64url'),
      }),
    ],
    ['a key for encryption', { use: 'enc' }],
    ['a key that only signs', { key_ops: ['sign'] }],
    ['a key whose alg is no text', { alg: 1 }],
  ])('%s is refused', async (_, change) => {
    const more = typeof change === 'function' ? change(holder.jwk) : change
    expect(await judge(await holder.prove(CLAIMS, keyOf(more)))).toBe('jwk')
  })

  it.each([
    ['an exponent of 3', { e: 'Aw' }],
    ['a modulus with a leading zero octet', 'zero'],
    ['a modulus of 2,040 bits', { n: Buffer.alloc(255, 0xff).toString('base64url') }],
    ['a modulus of 4,104 bits', { n: Buffer.alloc(513, 0xff).toString('base64url') }],
  ])('KEY-04 an RSA key with %s is refused', async (_, change) => {
    const zero = Buffer.concat([Buffer.alloc(1), Buffer.from(rsa.jwk.n ?? '', 'base64url')])
    const more = change === 'zero' ? { n: zero.toString('base64url') } : (change as object)
    const proof = await rsa.prove(CLAIMS, headers({ jwk: { ...rsa.jwk, ...more } }))
    expect(await judge(proof)).toBe('jwk')
  })

  it('a point that is not on its curve is refused', async () => {
    const y = Buffer.alloc(32, 1).toString('base64url')
    expect(await judge(await holder.prove(CLAIMS, keyOf({ y })))).toBe('signature')
  })

  it('TOK-03 a key that names another algorithm is refused', async () => {
    expect(await judge(await holder.prove(CLAIMS, keyOf({ alg: 'ES384' })))).toBe('signature')
    expect(await judge(await holder.prove(CLAIMS, keyOf({ alg: 'ES256' })))).toBe(holder.jkt)
  })

  it('DPOP-05 members of no meaning and their order do not change the thumbprint', async () => {
    const { kty, crv, x, y } = holder.jwk
    for (const jwk of [
      { y, x, crv, kty },
      { kid: 'a', use: 'sig', key_ops: ['verify'], ext: true, n: 'AQAB', kty, crv, x, y },
    ]) {
      expect(await judge(await holder.prove(CLAIMS, headers({ jwk })))).toBe(holder.jkt)
    }
  })

  it('DP-04 the signature of another key is refused', async () => {
    const proof = await other.prove(CLAIMS, headers({ jwk: holder.jwk }))
    expect(await judge(proof)).toBe('signature')
  })
})

describe('the form of a proof', () => {
  it('DP-01 no other value than one JWT is accepted', async () => {
    const proof = await holder.prove(CLAIMS)
    const [header = '', claims = '', signature = ''] = proof.split('.')
    for (const value of [
      '',
      'a',
      'a.b.c',
      '..',
      `${proof}, ${proof}`,
      `${proof},${proof}`,
      ` ${proof}`,
      `${proof}\n`,
      `${proof}.`,
      `${proof}.${signature}`,
      `${header}.${claims}.`,
      `${header}.${claims}`,
      `${header}=.${claims}.${signature}`,
    ]) {
      expect([value, await judge(value)]).toEqual([value, 'form'])
    }
    expect(await judge(proof)).toBe(holder.jkt)
  })

  it('any changed character of the three parts is refused', async () => {
    const proof = await holder.prove(CLAIMS)
    for (let at = 0; at < proof.length; at += 7) {
      const swapped = proof[at] === 'A' ? 'B' : 'A'
      if (proof[at] === '.') continue
      const changed = `${proof.slice(0, at)}${swapped}${proof.slice(at + 1)}`
      expect(await judge(changed)).not.toBe(holder.jkt)
    }
  })

  it.each([
    [
      'TOK-09 a duplicate claim',
      { claimsText: `{"jti":"a","htm":"GET","htm":"POST","htu":"${HTU}","iat":${NOW}}` },
    ],
    [
      'TOK-09 a duplicate claim by escape',
      { claimsText: `{"jti":"a","jt\\u0069":"b","htm":"POST","htu":"${HTU}","iat":${NOW}}` },
    ],
    ['TOK-15 a byte order mark', { claimsText: `\ufeff${JSON.stringify(CLAIMS)}` }],
    ['claims that are a list', { claimsText: JSON.stringify([CLAIMS]) }],
    ['claims that are no JSON', { claimsText: `${JSON.stringify(CLAIMS)}}` }],
    [
      'TOK-14 claims that are five levels deep',
      { claimsText: JSON.stringify({ ...CLAIMS, a: [[[[1]]]] }) },
    ],
    [
      'TOK-14 33 claims',
      {
        claimsText: JSON.stringify({
          ...CLAIMS,
          ...Object.fromEntries(Array.from({ length: 29 }, (_, i) => [`m${i}`, 1])),
        }),
      },
    ],
  ])('%s is refused', async (_, text) => {
    expect(await judge(await holder.prove(CLAIMS, (parts) => ({ ...parts, ...text })))).toBe('form')
  })

  it.each(['exp', 'nbf'])('a %s that is no finite number is refused', async (name) => {
    const sign = name === 'nbf' ? '-' : ''
    const claimsText = JSON.stringify({ ...CLAIMS, [name]: 0 }).replace(/0}$/, `${sign}1e999}`)
    expect(await judge(await holder.prove(CLAIMS, (parts) => ({ ...parts, claimsText })))).toBe(
      name,
    )
  })

  it('TOK-09 a duplicate member of the key is refused', async () => {
    const proof = await holder.prove(CLAIMS, (parts) => ({
      ...parts,
      headerText: JSON.stringify(parts.header).replace('"crv"', '"crv":"P-384","crv"'),
    }))
    expect(await judge(proof)).toBe('form')
  })

  it('a proof beyond the limits is refused before it is read', async () => {
    expect(await judge(await holder.prove({ ...CLAIMS, x: 'x'.repeat(4000) }))).toBe('size')
    expect(await judge(await holder.prove(CLAIMS, headers({ kid: 'x'.repeat(2000) })))).toBe('size')
    expect(await judge('x'.repeat(4097))).toBe('size')
  })
})
