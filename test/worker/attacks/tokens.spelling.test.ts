/** The text of a token: encoding, signature and serialization. */
import { env } from 'cloudflare:workers'
import { base64url } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  encode,
  forge,
  genericTrust,
  judge,
  makeKey,
  type Part,
  reasonOf,
  watchLog,
} from '../support/attack.ts'
import { applyTrust, deployment, exchange } from '../support/gateway.ts'
import { newIssuer, quickIssuer } from '../support/issuer.ts'

const log = watchLog()
const issuer = newIssuer()
beforeAll(() => applyTrust(genericTrust({ ci: issuer.url })))

/** The same claims under another header, with the original signature. */
async function withHeader(header: Part): Promise<string> {
  const [, payload, signature] = (await forge(issuer)).split('.')
  return `${encode(header)}.${payload}.${signature}`
}

describe('the spelling of a token', () => {
  const parts = async () => (await forge(issuer)).split('.') as [string, string, string]

  /** The same bytes with another last character, whose extra bits a lenient decoder ignores. */
  const respell = (text: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(text.charAt(text.length - 1))
    return `${text.slice(0, -1)}${alphabet.charAt(last + 1)}`
  }

  it('TOK-10 AV-02 AV-03 has one form: no padding, no white space, no extra bits', async () => {
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

  it('TOK-11 with the second valid signature is the same token for the replay ledger', async () => {
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

it('TOK-18 these tests run on workerd with its own cryptography', async () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers')
  expect(env.ISSUER).toBe(deployment().ISSUER)
  // Node verifies with exponent 1. This runtime does not import the key.
  const { jwk } = await makeKey('RS256')
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const one = { kty: 'RSA', n: jwk.n, e: 'AQ' } as JsonWebKey
  await expect(crypto.subtle.importKey('jwk', one, algorithm, false, ['verify'])).rejects.toThrow()
  const response = await exchange(await withHeader({ alg: 'ES256' }))
  expect(await reasonOf(log, response)).not.toBe('granted')
})
