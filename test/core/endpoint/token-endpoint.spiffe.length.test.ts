import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { createMemoryIssuer } from '../../support/memory-issuer.ts'

const API = 'https://api.example.com'
const AUDIENCE = 'https://sts.example.com'
/** SPIFFE-ID §2.1 allows these characters in any position, up to 255 of them. */
const DOMAIN = `_${'a'.repeat(248)}.b-c_d`
const LONGEST = 2048

/** A SPIFFE ID of so many bytes. */
function idOf(length: number, last: string): string {
  const start = `spiffe://${DOMAIN}/ns/prod/`
  return `${start}${'p'.repeat(length - start.length - last.length)}${last}`
}

let world: CoreWorld
const foreign = createMemoryIssuer()

function rule(name: string, sub: unknown, rest: object = {}) {
  return {
    name,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'spire',
    when: { sub },
    grant: { resource: API, scopes: ['read'], subject: 'spiffe:{sub|sha256}' },
    ...rest,
  }
}

beforeAll(async () => {
  const { keys } = await foreign.keySet('acme')
  const trust = {
    version: 1,
    issuers: {
      spire: {
        provider: 'spiffe-jwt-svid',
        issuer: 'https://acme.internal',
        audience: AUDIENCE,
        trust_domain: DOMAIN,
        keys: { jwks: { keys: keys.map((key) => Object.assign({}, key, { use: 'jwt-svid' })) } },
      },
    },
    resources: { [API]: { scopes: ['read'] } },
    rules: [
      rule('exact', idOf(LONGEST, '/exact')),
      rule('one-of', ['spiffe://x/y', idOf(LONGEST, '/one-of')]),
      rule('glob', { glob: `spiffe://${DOMAIN}/ns/*/**/glob` }),
      rule(
        'expression',
        { glob: `${idOf(LONGEST, '/exp').slice(0, 1000)}**` },
        { condition: 'claims.sub.endsWith("/exp")' },
      ),
    ],
  }
  world = await startCoreWorld(() => trust)
})

async function outcome(sub: string): Promise<string> {
  const exp = world.now() + 300
  const claims = { sub, exp, iss: null, iat: null, nbf: null, jti: null }
  const token = await foreign.mint(
    { provider: 'spiffe-jwt-svid', audience: AUDIENCE, claims },
    'acme',
  )
  const { status, body } = await world.exchange(token)
  if (status !== 200) return world.recorded.at(-1)?.reason ?? String(status)
  return String(decodeJwt('access_token' in body ? body.access_token : '').client_id)
}

describe('SP-07 a SPIFFE ID of a trust domain of 255 characters', () => {
  it('has the maximum length in this test', () => {
    expect([DOMAIN.length, idOf(LONGEST, '/exact').length]).toEqual([255, LONGEST])
  })

  it.each([
    ['exact', '/exact'],
    ['one-of', '/one-of'],
    ['glob', '/glob'],
    ['expression', '/exp'],
  ])('of 2,048 bytes is matched by the rule %s', async (name, last) => {
    expect(await outcome(idOf(LONGEST, last))).toBe(name)
  })

  it('of 2,048 bytes that no rule matches is denied', async () => {
    expect(await outcome(idOf(LONGEST, '/other'))).toBe('no_rule_matched')
  })

  it('of 2,049 bytes is not a SPIFFE ID', async () => {
    expect(await outcome(idOf(LONGEST + 1, '/exact'))).toBe('claim_invalid')
  })
})
