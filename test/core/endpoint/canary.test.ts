import { describe, expect, it } from 'vitest'
import { KEY_CANARY, seeCanary, seeSecret, TOKEN_CANARY } from '../../support/canary/canary.ts'
import { makeSigningKey } from '../../support/canary/keys.ts'
import { startCoreWorld } from '../../support/core-world.ts'

const base64url = (text: string) => Buffer.from(text).toString('base64url')

describe('LOG-01 the canary of a token is found', () => {
  it.each([
    ['as it is', `x ${TOKEN_CANARY} y`],
    ['in hexadecimal', Buffer.from(`ab${TOKEN_CANARY}`).toString('hex')],
    ['in base64', Buffer.from(`{"a":"${TOKEN_CANARY}"}`).toString('base64')],
    ...[0, 1, 2, 3].map((bytes) => [
      `in base64url after ${bytes} bytes`,
      base64url(`${'a'.repeat(bytes)}${TOKEN_CANARY}zz`),
    ]),
  ])('%s', (_, text) => expect(seeCanary(text)).toBe('the token canary'))

  it('in a token of the dev issuer, and in only its claims', async () => {
    const world = await startCoreWorld()
    const token = await world.mint()
    const [, claims = ''] = token.split('.')
    expect(
      [token, claims, atob(claims.replaceAll('-', '+').replaceAll('_', '/'))].map(seeCanary),
    ).toEqual(Array(3).fill('the token canary'))
  })

  it('but not in other text', () => {
    for (const text of ['', TOKEN_CANARY.slice(1), base64url('canary'), 'canary-token-'])
      expect(seeCanary(text)).toBeUndefined()
  })
})

describe('KEY-12 the canary of a key is found', () => {
  it('in the private scalar, in every encoding', async () => {
    const { d, x } = JSON.parse(await makeSigningKey()) as { d: string; x: string }
    const bytes = Buffer.from(d, 'base64url')
    for (const text of [
      d,
      bytes.toString('hex'),
      bytes.toString('base64'),
      bytes.toString('latin1'),
    ])
      expect(seeCanary(text)).toBe('the key canary')
    expect(seeCanary(x)).toBeUndefined()
    expect(bytes.toString('latin1').startsWith(KEY_CANARY)).toBe(true)
  })
})

describe('LOG-01 where tokens are forbidden', () => {
  const part = base64url(JSON.stringify({ alg: 'ES256', typ: 'JWT' }))
  const token = `${part}.${part}.${'s'.repeat(86)}`

  it.each([
    ['a signed token', `Bearer ${token}`],
    ['a private key', JSON.stringify({ kty: 'EC', d: 'd'.repeat(43) })],
    ['a private key', JSON.stringify({ d: 'd'.repeat(43), kty: 'EC' })],
    ['a private key', JSON.stringify({ kty: 'EC', d: 'd'.repeat(43) }, null, 2)],
    ['a private key', JSON.stringify(JSON.stringify({ kty: 'EC', d: 'd'.repeat(43) }))],
    ['a private key', JSON.stringify(JSON.stringify({ d: 'd'.repeat(43) }, null, 2))],
  ])('%s without a canary is found too', (seen, text) => expect(seeSecret(text)).toBe(seen))

  it('a public key, a hash or a text of three parts is not reported', () => {
    const publicKey = JSON.stringify({ kty: 'EC', x: 'x'.repeat(43), kid: 'd'.repeat(43) })
    // Pages 33 and 34 of a database: the second begins in the middle of a member.
    const page = `{"rule":"deploy","key_i\0\0\0"d":"${'k'.repeat(43)}","scope`
    for (const text of [publicKey, page, 'a'.repeat(64), 'header.payload.signature', part])
      expect(seeSecret(text)).toBeUndefined()
  })
})
