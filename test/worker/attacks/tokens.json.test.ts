/** The JSON inside a token: duplicate members, values other than objects, sizes and depths. */
import { beforeAll, describe, expect, it } from 'vitest'
import {
  claimsOf,
  encode,
  forge,
  genericTrust,
  judge,
  type Part,
  watchLog,
} from '../support/attack.ts'
import { applyTrust } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'

const log = watchLog()
const issuer = newIssuer()
beforeAll(() => applyTrust(genericTrust({ ci: issuer.url })))

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
    ['a nested token, under cty', () => 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA'],
  ]
  it.each(rows)('TOK-15 AV-04 that is %s is refused', async (_, make) => {
    expect(await judge(log, await forge(issuer, { claims: make() }))).toBe('token_malformed')
  })

  it.each([
    ['a lone surrogate', 'job\\ud800'],
    ['NUL', 'job\\u0000'],
  ])('TOK-15 whose subject contains %s is refused', async (_, sub) => {
    const claims = good().replace('"sub":"job:1"', `"sub":"${sub}"`)
    expect(await judge(log, await forge(issuer, { claims }))).toBe('claim_invalid')
  })

  /** Objects nested to `depth`. */
  const deep = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
  const wide = (members: number) =>
    Object.fromEntries(Array.from({ length: members }, (_, i) => [`m${i}`, 0]))
  const members = Object.keys(claimsOf('')).length
  const sizes: readonly (readonly [string, () => Part, string])[] = [
    ['16 deep', () => good().replace('{', `{"a":${deep(15)},`), 'granted'],
    ['17 deep', () => good().replace('{', `{"a":${deep(16)},`), 'token_malformed'],
    ['of 384 members', () => claimsOf(issuer.url, wide(384 - members)), 'granted'],
    ['of 385 members', () => claimsOf(issuer.url, wide(385 - members)), 'token_malformed'],
    [
      'with a name of 256 characters',
      () => claimsOf(issuer.url, { ['n'.repeat(256)]: 1 }),
      'granted',
    ],
    [
      'with a name of 257 characters',
      () => claimsOf(issuer.url, { ['n'.repeat(257)]: 1 }),
      'token_malformed',
    ],
    [
      'with a number of a thousand digits',
      () => good().replace('{', `{"n":${'9'.repeat(1000)},`),
      'granted',
    ],
  ]
  it.each(sizes)('TOK-14 that is %s has the expected outcome', async (_, claims, reason) => {
    expect(await judge(log, await forge(issuer, { claims: claims() }))).toBe(reason)
  })

  it('TOK-14 is parsed only up to 16 KiB, and its header up to 2 KiB', async () => {
    const sized = async (length: number) => {
      // Three more bytes make four more characters. The header takes up the rest.
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

/** As deep as fits into a token. */
function deepText(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`
}
