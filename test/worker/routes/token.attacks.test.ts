import { beforeAll, describe, expect, it } from 'vitest'
import { applyTrust, exchange, readJson } from '../support/gateway.ts'
import { type MintOptions, newIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const now = Math.floor(Date.now() / 1000)

beforeAll(() => applyTrust(trustFor(issuer.url)))

function encode(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function decode(text: string): string {
  return atob(text.replaceAll('-', '+').replaceAll('_', '/'))
}

type Parts = { header: string; payload: string; signature: string }

async function tamper(change: (parts: Parts) => Partial<Parts> | string): Promise<string> {
  const [header = '', payload = '', signature = ''] = (await issuer.mint()).split('.')
  const parts = { header, payload, signature }
  const changed = change(parts)
  if (typeof changed === 'string') return changed
  const { header: h, payload: p, signature: s } = { ...parts, ...changed }
  return `${h}.${p}.${s}`
}

const withHeader = (members: object) => () =>
  tamper(({ header }) => ({
    header: encode(JSON.stringify({ ...JSON.parse(decode(header)), ...members })),
  }))

describe('a token that was tampered with', () => {
  const rows: readonly (readonly [string, () => Promise<string>])[] = [
    ['TOK alg none', withHeader({ alg: 'none' })],
    [
      'TOK alg none without a signature',
      () => tamper(({ payload }) => `${encode('{"alg":"none"}')}.${payload}.`),
    ],
    ['TOK alg HS256', withHeader({ alg: 'HS256' })],
    ['TOK alg PS256 for an RS256 issuer', withHeader({ alg: 'PS256' })],
    ['TOK crit', withHeader({ crit: ['b64'], b64: false })],
    ['TOK b64 without crit', withHeader({ b64: false })],
    ['TOK a key in the header', withHeader({ jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } })],
    ['TOK jku', withHeader({ jku: 'https://evil.test/jwks' })],
    ['TOK kid that is a path', withHeader({ kid: '../../jwks' })],
    ['an empty signature', () => tamper(() => ({ signature: '' }))],
    [
      'another payload',
      () => tamper(({ payload }) => ({ payload: encode(decode(payload).replace('push', 'pull')) })),
    ],
    [
      'a duplicate member',
      () =>
        tamper(({ payload }) => ({
          payload: encode(decode(payload).replace('{', '{"ref":"refs/heads/main",')),
        })),
    ],
    [
      'four parts',
      () => tamper(({ header, payload, signature }) => `${header}.${payload}.${signature}.x`),
    ],
    ['padding', () => tamper(({ payload }) => ({ payload: `${payload}=` }))],
    ['white space', () => tamper(({ payload }) => ({ payload: ` ${payload}` }))],
    ['no token at all', async () => 'not-a-token'],
    ['17 KiB of it', async () => `${'x'.repeat(17 * 1024)}.y.z`],
  ]
  it.each(rows)('%s is refused', async (_, make) => {
    const response = await exchange(await make())
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({ error: 'invalid_request' })
  })
})

describe('a genuine token with claims that must not pass', () => {
  const rows: readonly (readonly [string, MintOptions])[] = [
    ['CLM no exp', { claims: { exp: null } }],
    ['CLM no iat and no lifetime', { claims: { iat: null, exp: null } }],
    ['CLM expired', { claims: { iat: now - 7200, nbf: now - 7200, exp: now - 3600 } }],
    ['CLM not valid yet', { claims: { nbf: now + 3600 } }],
    ['CLM issued in the future', { claims: { iat: now + 3600, exp: now + 7200 } }],
    ['CLM living for a week', { lifetime_seconds: 7 * 24 * 3600 }],
    ['CLM exp as text', { claims: { exp: String(now + 600) } }],
    ['CLM another audience', { audience: 'https://other.test' }],
    ['CLM two audiences', { claims: { aud: ['https://sts.test', 'https://other.test'] } }],
    ['CLM audience inside an object', { claims: { aud: { a: 'https://sts.test' } } }],
    ['CLM no sub', { claims: { sub: null } }],
    ['CLM sub as a number', { claims: { sub: 7 } }],
    ['CLM id as a number', { claims: { repository_id: 456789012 } }],
    ['CLM id in a list', { claims: { repository_id: ['456789012'] } }],
    ['CLM required id missing', { claims: { repository_owner_id: null } }],
    ['TOK typ at+jwt', { header: { typ: 'at+jwt' } }],
    ['TOK another algorithm of the same issuer', { algorithm: 'ES256' }],
    ['CLM a bound token', { claims: { cnf: { jkt: 'x' } } }],
  ]
  it.each(rows)('%s is refused', async (_, options) => {
    const response = await exchange(await issuer.mint(options))
    expect(response.status).toBe(400)
    expect(await readJson(response)).not.toHaveProperty('access_token')
  })

  it('is accepted without any of these changes', async () => {
    expect((await exchange(await issuer.mint())).status).toBe(200)
  })
})
