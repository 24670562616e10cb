/** Bound tokens at the Worker in front of an origin. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { readPlatformCertificate } from '../../src/gateway/identity/certificate.ts'
import { createProofHolder, type ProofHolder } from '../support/dpop.ts'
import { proofClaims } from '../verify/support/bound.ts'
import { NOW } from '../verify/support/tokens.ts'
import { API, ask, startEdgeWorld } from './support/world.ts'

const world = await startEdgeWorld()
const PATH = '/deployments/7'
let holder: ProofHolder
let token: string

beforeAll(async () => {
  holder = await createProofHolder()
  token = await world.mint('deploy:read', { cnf: { jkt: holder.jkt } })
})

async function bound(change: object = {}, more: Readonly<Record<string, string>> = {}) {
  const dpop = await holder.prove(proofClaims(token, { htu: `${API}${PATH}`, ...change }))
  return { headers: { authorization: `DPoP ${token}`, dpop, ...more } }
}

test('DP-19 forwards the identity of a bound token, and no proof', async () => {
  const answer = await ask(world.newEdge({ forwardAuthorization: true }), PATH, await bound())
  expect(answer.status).toBe(200)
  const [received] = world.origin.seen.slice(-1)
  expect(received?.headers['x-acme-subject']).toBe('github:8123456:production')
  expect(received?.headers).not.toHaveProperty('dpop')
})

test('DP-21 PR-13 refuses a bound token as a bearer token', async () => {
  const answer = await ask(world.newEdge(), PATH, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toContain('DPoP error="invalid_token"')
})

test('DP-09 accepts a proof once, over all routes', async () => {
  const edge = world.newEdge()
  const init = await bound()
  expect((await ask(edge, PATH, init)).status).toBe(200)
  expect((await ask(edge, PATH, init)).status).toBe(401)
})

test('DPOP-03 compares a proof with the configured URL', async () => {
  const publicUrl = 'https://public.acme.dev/v2'
  const edge = world.newEdge({ publicUrl })
  expect((await ask(edge, PATH, await bound())).status).toBe(401)
  expect((await ask(edge, PATH, await bound({ htu: `${publicUrl}${PATH}` }))).status).toBe(200)
})

test('DPOP-04 demands bound tokens, and says so in the metadata', async () => {
  const edge = world.newEdge({ proofOfPossession: 'required' })
  const plain = await world.mint('deploy:read')
  const answer = await ask(edge, PATH, { headers: { authorization: `Bearer ${plain}` } })
  expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_token"/)
  expect((await ask(edge, PATH, await bound())).status).toBe(200)
  const metadata = await ask(edge, '/.well-known/oauth-protected-resource')
  expect(await metadata.json()).toMatchObject({
    dpop_bound_access_tokens_required: true,
    dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
  })
})

test('DP-15 asks for a nonce, and sends new ones with answers of the origin', async () => {
  let at = NOW
  const edge = world.newEdge({ proofNonce: { secret: 'x'.repeat(32) }, now: () => at })
  const first = await ask(edge, PATH, await bound())
  expect(first.headers.get('www-authenticate')).toContain('use_dpop_nonce')
  const nonce = first.headers.get('dpop-nonce')
  const fresh = await ask(edge, PATH, await bound({ nonce }))
  expect([fresh.status, fresh.headers.get('dpop-nonce')]).toEqual([200, null])
  at = NOW + 200
  const stale = await ask(edge, PATH, await bound({ nonce, iat: at }))
  expect([stale.status, await stale.text()]).toEqual([200, 'hello'])
  expect([null, nonce]).not.toContain(stale.headers.get('dpop-nonce'))
})

describe('a token that is bound to a certificate', () => {
  const digest = createHash('sha256').update('certificate')
  const certFingerprintSHA256 = digest.copy().digest('hex')
  const cnf = { 'x5t#S256': digest.copy().digest('base64url') }
  const GOOD = {
    certPresented: '1',
    certVerified: 'SUCCESS',
    certRevoked: '0',
    certFingerprintSHA256,
  }

  async function statusWith(
    tlsClientAuth: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const authorization = `Bearer ${await world.mint('deploy:read', { cnf })}`
    const request = new Request(`${API}${PATH}`, { headers: { authorization, ...headers } })
    Object.defineProperty(request, 'cf', { value: { tlsClientAuth } })
    return (await world.newEdge().fetch(request)).status
  }

  test('MT-02 passes with the certificate that the platform verified', async () => {
    expect(await statusWith(GOOD)).toBe(200)
  })

  test.each<readonly [string, object]>([
    ['not presented', { certPresented: '0' }],
    ['not verified', { certVerified: 'FAILED:self signed certificate' }],
    ['revoked', { certRevoked: '1' }],
    ['another one', { certFingerprintSHA256: 'f'.repeat(64) }],
    ['without a fingerprint', { certFingerprintSHA256: undefined }],
    ['with a fingerprint that is no text', { certFingerprintSHA256: 7 }],
  ])('MT-02 is refused if the certificate is %s', async (_, change) => {
    expect(await statusWith({ ...GOOD, ...change })).toBe(401)
  })

  test('MT-02 is refused without platform data, whatever the headers say', async () => {
    const headers = {
      'client-cert': certFingerprintSHA256,
      'cf-client-cert-sha256': certFingerprintSHA256,
      'x-client-cert-sha256': certFingerprintSHA256,
    }
    expect(await statusWith(undefined, headers)).toBe(401)
    expect(await statusWith(null, headers)).toBe(401)
    expect(readPlatformCertificate({ cf: null })).toBeUndefined()
    expect(readPlatformCertificate({ cf: 'text' })).toBeUndefined()
    expect(readPlatformCertificate(new Request(API, { headers }))).toBeUndefined()
  })

  test('is refused where reading the platform data fails', () => {
    const request = Object.defineProperty({}, 'cf', {
      get: () => {
        throw new SyntaxError('not JSON')
      },
    })
    expect(readPlatformCertificate(request)).toBeUndefined()
  })
})
