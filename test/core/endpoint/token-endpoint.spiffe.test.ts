import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS, type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { createMemoryIssuer } from '../../support/memory-issuer.ts'

const API = 'https://api.example.com'
const OWN = 'spiffe://acme.example/ns/prod/sa/api'

let world: CoreWorld
const foreign = createMemoryIssuer()

/** A document with two trust domains that have a bundle each. */
async function document(): Promise<object> {
  const entry = async (realm: string, domain: string) => ({
    provider: 'spiffe-jwt-svid',
    issuer: `https://${realm}.acme.internal`,
    audience: 'https://sts.example.com',
    trust_domain: domain,
    keys: { jwks: await bundle(realm) },
  })
  const rule = (name: string, from: string, sub: unknown) => ({
    name,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from,
    when: { sub },
    grant: { resource: API, scopes: ['read'] },
  })
  return {
    version: 1,
    issuers: {
      acme: await entry('acme', 'acme.example'),
      partner: await entry('partner', 'partner.example'),
    },
    resources: { [API]: { scopes: ['read'] } },
    rules: [
      rule('own', 'acme', { glob: 'spiffe://**' }),
      rule('partner', 'partner', { glob: 'spiffe://**' }),
    ],
  }
}

/** Keys with the `use` of a SPIFFE bundle. */
async function bundle(realm: string): Promise<{ readonly keys: readonly object[] }> {
  const { keys } = await foreign.keySet(realm)
  return { keys: keys.map((key) => Object.assign({}, key, { use: 'jwt-svid' })) }
}

beforeAll(async () => {
  const trust = await document()
  world = await startCoreWorld(() => trust)
})

/** A JWT-SVID, by default without `iss` and `iat`. */
function svid(sub: unknown, change: Readonly<Record<string, unknown>> = {}, realm = 'acme') {
  const exp = world.now() + 300
  const claims = { sub, exp, iss: null, iat: null, nbf: null, jti: null, ...change }
  const request = { provider: 'spiffe-jwt-svid', audience: 'https://sts.example.com', claims }
  return foreign.mint(request, realm)
}

async function outcome(token: string): Promise<string> {
  const { status, body } = await world.exchange(token)
  if (status !== 200) return world.recorded.at(-1)?.reason ?? String(status)
  return String(decodeJwt('access_token' in body ? body.access_token : '').client_id)
}

describe('a JWT-SVID', () => {
  it('SP-01 CLM-03 needs no iss and no iat', async () => {
    const token = await svid(OWN)
    expect(Object.keys(decodeJwt(token)).toSorted()).toEqual(['aud', 'canary', 'exp', 'sub'])
    expect(await outcome(token)).toBe('own')
  })

  it('ISS-06 SP-06 is verified by the bundle of the trust domain in its subject, and by no other', async () => {
    expect(await outcome(await svid('spiffe://partner.example/a', {}, 'partner'))).toBe('partner')
    expect(await outcome(await svid('spiffe://partner.example/a', {}, 'acme'))).toBe('key_unknown')
    expect(await outcome(await svid(OWN, {}, 'partner'))).toBe('key_unknown')
  })

  it('ISS-06 SP-06 with iss must also belong to the trust domain', async () => {
    const iss = 'https://acme.acme.internal'
    expect(await outcome(await svid(OWN, { iss }))).toBe('own')
    expect(await outcome(await svid('spiffe://partner.example/a', { iss }))).toBe('claim_invalid')
    expect(await outcome(await svid(OWN, { iss: 'spiffe://acme.example' }))).toBe(
      'issuer_not_trusted',
    )
  })

  it.each([
    ['of an unknown domain', 'spiffe://evil.example/a', 'issuer_not_trusted'],
    ['SP-07 in capitals', 'spiffe://ACME.example/a', 'issuer_not_trusted'],
    ['SP-07 with a port', 'spiffe://acme.example:443/a', 'issuer_not_trusted'],
    ['SP-07 with a user', 'spiffe://x@acme.example/a', 'issuer_not_trusted'],
    ['SP-07 of another scheme', 'https://acme.example/a', 'issuer_not_trusted'],
    ['of only the domain', 'spiffe://acme.example', 'issuer_not_trusted'],
    ['SP-08 with a slash at the end', 'spiffe://acme.example/a/', 'claim_invalid'],
    ['SP-08 with an empty segment', 'spiffe://acme.example/a//b', 'claim_invalid'],
    ['SP-08 with dots', 'spiffe://acme.example/a/../b', 'claim_invalid'],
    ['SP-07 with a query', 'spiffe://acme.example/a?b', 'claim_invalid'],
    ['SP-07 with an escape', 'spiffe://acme.example/a%2fb', 'claim_invalid'],
    ['that is not a string', 7, 'issuer_not_trusted'],
  ])('with a subject %s is refused', async (_, sub, reason) => {
    expect(await outcome(await svid(sub))).toBe(reason)
  })

  it('CLM-01 CLM-03 must expire, and not in years', async () => {
    expect(await outcome(await svid(OWN, { exp: null }))).toBe('claim_missing')
    const exp = world.now() + 10 * 365 * 86_400
    expect(await outcome(await svid(OWN, { exp }))).toBe('token_lifetime_exceeded')
    expect(await outcome(await svid(OWN, { exp: world.now() - 60 }))).toBe('token_expired')
  })
})

describe('trust_domain', () => {
  const compile = (issuers: Readonly<Record<string, unknown>>) => {
    const result = compileTrust({ version: 1, issuers, resources: {}, rules: [] }, CEILINGS)
    return 'problems' in result ? result.problems.map(({ code }) => code) : []
  }
  const spire = (host: string, trust_domain: string) => ({
    provider: 'spiffe-jwt-svid',
    issuer: `https://${host}.example.com`,
    trust_domain,
  })

  it('ISS-06 belongs to one issuer', () => {
    expect(compile({ a: spire('a', 'acme.example'), b: spire('b', 'other.example') })).toEqual([])
    expect(compile({ a: spire('a', 'acme.example'), b: spire('b', 'acme.example') })).toEqual([
      'issuer_repeated',
    ])
  })

  it('SP-04 SP-05 uses the keys of its bundle for JWT-SVIDs, and refuses a bundle without one', async () => {
    const { keys } = await bundle('acme')
    const x509 = keys.map((key) => ({ ...key, use: 'x509-svid' }))
    const entry = (list: readonly object[]) => ({
      a: { ...spire('a', 'acme.example'), keys: { jwks: { keys: list } } },
    })
    expect(compile(entry([...x509, ...keys]))).toEqual([])
    for (const list of [[], x509, keys.map((key) => ({ ...key, use: 'sig' }))]) {
      expect(compile(entry(list))).toEqual(['keys_unusable'])
    }
  })

  it('is allowed only for SPIFFE issuers, and must be a domain name', () => {
    const issuer = 'https://issuer.example.com'
    expect(compile({ a: { provider: 'generic-oidc', issuer, trust_domain: 'x' } })).toEqual([
      'trust_domain_misplaced',
    ])
    for (const name of ['spiffe://acme.example', 'ACME', 'a/b', '']) {
      expect(compile({ a: spire('a', name) })).toEqual(['value_invalid'])
    }
  })
})
