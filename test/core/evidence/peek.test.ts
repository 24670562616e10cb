import { beforeAll, describe, expect, it } from 'vitest'
import { peek } from '../../../src/core/evidence/peek.ts'
import { nameDenial } from '../support/denials.ts'
import {
  base64url,
  CLAIMS,
  createSigner,
  ISSUER,
  type Json,
  type Signer,
} from './support/tokens.ts'

let signer: Signer
let good: string

beforeAll(async () => {
  signer = await createSigner('ES256')
  good = await signer.sign()
})

function reasonOf(token: string): string {
  const result = peek(token)
  return result.ok ? 'readable' : result.error.reason
}

const parts = () => good.split('.') as [string, string, string]
const withHeader = (header: Json) => signer.sign({}, header)

describe('an unverified token', () => {
  it('shows algorithm, key id, type and issuer, and no claim', () => {
    const result = peek(good)
    if (!result.ok) throw new Error(result.error.reason)
    const { raw, alg, kid, type, issuer } = result.value
    expect({ raw, alg, kid, type, issuer }).toEqual({
      raw: good,
      alg: 'ES256',
      kid: signer.header.kid,
      type: 'jwt',
      issuer: ISSUER,
    })
    expect(JSON.stringify(result.value)).not.toContain(CLAIMS.sub)
  })

  it('AV-35 has a type in lower case without application/', async () => {
    const typeOf = async (typ: unknown) => {
      const result = peek(await withHeader({ typ }))
      return result.ok ? result.value.type : result.error.reason
    }
    expect(await typeOf('JWT')).toBe('jwt')
    expect(await typeOf('application/at+JWT')).toBe('at+jwt')
    expect(await typeOf(undefined)).toBeNull()
    expect(await typeOf(['JWT'])).toBe('token_malformed')
  })
})

describe('the form of a token', () => {
  const shapes: readonly (readonly [string, () => string])[] = [
    ['AV-01 nothing', () => ''],
    ['AV-01 one part', () => parts()[0]],
    ['AV-01 two parts', () => parts().slice(0, 2).join('.')],
    ['AV-01 a line break at its end', () => `${good}\n`],
    ['AV-01 a space before it', () => ` ${good}`],
    ['AV-01 the JSON serialization', () => JSON.stringify({ payload: parts()[1] })],
    ['AV-06 TOK-13 five parts', () => `${good}.e30.e30`],
    ['TOK-13 a detached payload', () => `${parts()[0]}..${parts()[2]}`],
    ['TOK-12 an empty signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['TOK-14 thousands of dots', () => '.'.repeat(10_000)],
    ['AV-02 padding', () => `${good}==`],
    ['AV-02 the other base64 alphabet', () => `${parts()[0]}.${parts()[1]}.${'+/'.repeat(43)}`],
    ['AV-04 a header that is a list', () => `${base64url('[]')}.${parts()[1]}.${parts()[2]}`],
    ['AV-04 claims that are null', () => `${parts()[0]}.${base64url('null')}.${parts()[2]}`],
    ['AV-04 claims that are a text', () => `${parts()[0]}.${base64url('"a"')}.${parts()[2]}`],
    ['TOK-15 a BOM', () => `${parts()[0]}.${base64url('\ufeff{}')}.${parts()[2]}`],
    [
      'TOK-15 claims that are not UTF-8',
      () => `${parts()[0]}.${base64url(new Uint8Array([0xff]))}.${parts()[2]}`,
    ],
  ]
  it.each(shapes)('is refused with %s', (_, make) => {
    expect(reasonOf(make())).toBe('token_malformed')
  })

  it('TOK-13 has three parts, before any is decoded', () => {
    for (const raw of [`${good}.`, `${good}.e30`, `${good}.e30.e30`]) {
      expect(() => peek(raw)).not.toThrow()
      expect(peek(raw)).toMatchObject({ ok: false, error: { at: 'compact_form' } })
    }
  })

  it('AV-03 TOK-10 has only one spelling of every part', () => {
    // The last two characters of a 64-byte signature encode one byte, so four bits are unused.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(good.slice(-1))
    const spellings = [...alphabet].filter((_, index) => index >> 4 === last >> 4)
    const [header, payload] = parts()
    expect(spellings.map((end) => reasonOf(good.slice(0, -1) + end))).toEqual(
      spellings.map((end) => (good.endsWith(end) ? 'readable' : 'token_malformed')),
    )
    expect(reasonOf(`${header}.${payload}.AAAAA`)).toBe('token_malformed')
    expect(reasonOf(`${header}.${payload}.AAB`)).toBe('token_malformed')
    expect(reasonOf(`${header}.${payload}.AAA`)).toBe('readable')
    expect(reasonOf(`e31.${payload}.AAA`)).toBe('token_malformed')
  })
})

describe('the header', () => {
  const refused: readonly (readonly [string, Json])[] = [
    ['TOK-04 jwk', { jwk: { kty: 'EC' } }],
    ['TOK-04 jku', { jku: 'https://evil.example.com/jwks' }],
    ['TOK-04 x5u', { x5u: 'https://evil.example.com/x5u' }],
    ['TOK-04 x5c', { x5c: ['AAAA'] }],
    ['TOK-07 crit', { crit: ['exp'], exp: 1 }],
    ['TOK-07 an empty crit', { crit: [] }],
    ['TOK-07 crit that is not a list', { crit: 'exp' }],
    ['TOK-07 crit of an inherited name', { crit: ['constructor'] }],
    ['TOK-08 b64 with crit', { b64: false, crit: ['b64'] }],
    ['TOK-08 b64 without crit', { b64: false }],
    ['TOK-08 b64 that is true', { b64: true }],
    ['TOK-13 zip', { zip: 'DEF' }],
    ['TOK-13 enc', { enc: 'A256GCM' }],
    ['TOK-09 alg twice', '{"alg":"ES256","alg":"none"}'],
    ['TOK-09 alg twice by escape', '{"alg":"ES256","\\u0061lg":"none"}'],
    ['TOK-05 an empty kid', { kid: '' }],
    ['TOK-05 a kid of 257 characters', { kid: 'k'.repeat(257) }],
    ['TOK-05 a kid with NUL', { kid: 'a\0b' }],
    ['TOK-05 a kid with a line break', { kid: 'a\nb' }],
    ['TOK-05 a kid beyond ASCII', { kid: 'ä' }],
    ['TOK-05 a kid that is a number', { kid: 1 }],
    ['TOK-05 a kid that is null', { kid: null }],
    ['TOK-05 a kid that is an object', { kid: { toString: 'x' } }],
    ['TOK-05 a kid that is a list', { kid: ['a'] }],
  ]
  it.each(refused)('is refused with %s', async (_, header) => {
    expect(reasonOf(await withHeader(header))).toBe('token_malformed')
  })

  const taken: readonly (readonly [string, Json])[] = [
    ['TOK-04 the thumbprints that platforms send', { x5t: 'AAAA', 'x5t#S256': 'AAAA' }],
    ['TOK-05 a path as kid, which is only compared', { kid: '../../etc/passwd' }],
    ['TOK-05 __proto__ as kid', { kid: '__proto__' }],
    ['a kid of 256 characters', { kid: 'k'.repeat(256) }],
    ['TOK-06 no kid', { kid: undefined }],
    ['an unknown member', { region: 'eu' }],
  ]
  it.each(taken)('may have %s', async (_, header) => {
    expect(reasonOf(await withHeader(header))).toBe('readable')
  })

  it.each([[undefined], [null], [1], [['ES256']]])(
    'AV-08 is refused when alg is %j',
    async (alg) => {
      expect(reasonOf(await withHeader({ alg }))).toBe('algorithm_not_allowed')
    },
  )
})

describe('the issuer claim', () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ['absent', undefined],
    ['null', null],
    ['a number', 1],
    ['CLM-10 a list', [ISSUER]],
    ['CLM-10 an object', { 0: ISSUER }],
  ]
  it.each(refused)('AV-18 is refused when it is %s', async (_, iss) => {
    expect(reasonOf(await signer.sign({ iss }))).toBe('issuer_not_trusted')
  })

  it('TOK-09 is refused if it is repeated', async () => {
    const twice = JSON.stringify(CLAIMS).replace('{', '{"iss":"https://evil.example.com",')
    expect(reasonOf(await signer.sign(twice))).toBe('token_malformed')
  })
})

describe('the size of a token', () => {
  it('TOK-14 is at most 16 KiB', () => {
    const start = `${base64url('{"alg":"ES256"}')}.${base64url('{"iss":"a"}')}.`
    const ofSize = (size: number) => start + 'A'.repeat(size - start.length)
    expect(reasonOf(ofSize(16 * 1024))).toBe('readable')
    expect(reasonOf(ofSize(16 * 1024 + 1))).toBe('token_too_large')
    expect(reasonOf('.'.repeat(100_000))).toBe('token_too_large')
  })

  it('TOK-14 leads to a log entry with the limit that its claims or header exceed', async () => {
    const faultOf = (token: string) => {
      const result = peek(token)
      return result.ok ? 'readable' : nameDenial(result.error)
    }
    const members = Object.fromEntries(Array.from({ length: 380 }, (_, i) => [`m${i}`, 1]))
    const objects = `${'{"a":'.repeat(150)}1${'}'.repeat(150)}`
    const text = JSON.stringify(CLAIMS)
    const rows: readonly (readonly [string, string])[] = [
      [text.replace('{', `{"deep":${objects},`), 'token_malformed: json_depth'],
      [JSON.stringify({ ...CLAIMS, members }), 'token_malformed: json_members'],
      [JSON.stringify({ ...CLAIMS, ['x'.repeat(257)]: 1 }), 'token_malformed: json_name_length'],
      [text.replace('{', '{"iss":"x",'), 'token_malformed: json_repeated_member'],
      ['[]', 'token_malformed: json_syntax'],
      ['{"iss"', 'token_malformed: json_syntax'],
    ]
    for (const [claims, expected] of rows) expect(faultOf(await signer.sign(claims))).toBe(expected)
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')
    const [head, , signature] = parts()
    expect(faultOf(`${head}.${bytes}.${signature}`)).toBe('token_malformed: json_encoding')
    expect(faultOf(await withHeader({ ['x'.repeat(257)]: 1 }))).toBe(
      'token_malformed: json_name_length',
    )
  })

  it('TOK-14 has at most 2 KiB of header', async () => {
    const ofSize = (size: number) => withHeader({ kid: undefined, pad: 'x'.repeat(size) })
    // {"typ":"JWT","alg":"ES256","pad":""} is 36 bytes; 1,536 bytes are 2,048 characters.
    expect(reasonOf(await ofSize(1500))).toBe('readable')
    expect(reasonOf(await ofSize(1501))).toBe('token_too_large')
  })

  it('TOK-14 has at most 16 levels of nested claims', async () => {
    const nested = (levels: number) => {
      const lists = '['.repeat(levels - 1) + ']'.repeat(levels - 1)
      return signer.sign(JSON.stringify(CLAIMS).replace('{', `{"deep":${lists},`))
    }
    expect(reasonOf(await nested(16))).toBe('readable')
    expect(reasonOf(await nested(17))).toBe('token_malformed')
    expect(reasonOf(await nested(5000))).toBe('token_malformed')
  })
})
