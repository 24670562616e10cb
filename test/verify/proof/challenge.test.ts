/** The challenges of an API that accepts bound tokens (RFC 9449 §7.1). */
import { describe, expect, test } from 'vitest'
import { VerificationError, type VerifierOptions } from '../../../src/verify/index.ts'
import { type Call, openBound, URL_OF_CALL } from '../support/bound.ts'

const bound = await openBound()
const ALGS = 'algs="ES256 RS256 Ed25519 EdDSA ES384 PS256"'

async function refuse(options: Partial<VerifierOptions>, call: Call | undefined) {
  const verifier = bound.open(options)
  const request =
    call === undefined
      ? { url: URL_OF_CALL, method: 'GET', headers: new Headers() }
      : await bound.request(call)
  const error: unknown = await verifier.verifyRequest(request).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(VerificationError)
  return verifier.renderRefusal(error as VerificationError)
}

async function challengeOf(options: Partial<VerifierOptions>, call: Call | undefined) {
  return (await refuse(options, call)).headers.get('www-authenticate')
}

describe('DP-22 a request without a token gets', () => {
  test.each<readonly [string, Partial<VerifierOptions>, string]>([
    ['Bearer by default', {}, 'Bearer'],
    ['both schemes with optional', { proofOfPossession: 'optional' }, `Bearer, DPoP ${ALGS}`],
    ['DPoP with required', { proofOfPossession: 'required' }, `DPoP ${ALGS}`],
    [
      'Bearer where only a certificate can bind a token',
      {
        audience: 'urn:acme:api',
        proofOfPossession: 'required',
        clientCertificate: () => undefined,
      },
      'Bearer',
    ],
    [
      'the realm in each challenge',
      { proofOfPossession: 'optional', realm: 'api' },
      `Bearer realm="api", DPoP realm="api", ${ALGS}`,
    ],
  ])('%s', async (_, options, challenge) => {
    expect(await challengeOf(options, undefined)).toBe(challenge)
  })
})

test('DP-22 PR-13 a bound token as a bearer token gets a challenge of DPoP', async () => {
  const answer = await refuse({}, { scheme: 'Bearer' })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe(
    `DPoP error="invalid_token", error_description="the access token was not accepted", ${ALGS}`,
  )
})

test('DP-22 a wrong proof gets invalid_dpop_proof', async () => {
  const answer = await refuse({}, { method: 'POST' })
  const text = 'the proof of possession was not accepted: proof_htm'
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
    401,
    `DPoP error="invalid_dpop_proof", error_description="${text}", ${ALGS}`,
  ])
  expect(await answer.json()).toEqual({ error: 'invalid_dpop_proof', error_description: text })
})

test('DP-15 DP-16 a missing nonce gets use_dpop_nonce, once, in an answer that is not stored', async () => {
  const { status, headers } = await refuse({ proofNonce: {} }, {})
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toContain('DPoP error="use_dpop_nonce"')
  expect(headers.get('dpop-nonce')).toMatch(/^[\w-]+$/)
  expect(headers.get('cache-control')).toBe('no-store')
})

test('PR-10 a missing scope of a bound token is named in a challenge of DPoP', async () => {
  const challenge = await challengeOf({ scopes: ['admin'] }, {})
  expect(challenge).toContain('DPoP error="insufficient_scope"')
  expect(challenge).toContain('scope="admin"')
})

test('a failing store gets 503 and no challenge', async () => {
  const claimProof = () => Promise.reject(new Error('down'))
  const { status, headers } = await refuse({ claimProof }, {})
  expect([status, headers.get('retry-after'), headers.has('www-authenticate')]).toEqual([
    503,
    '5',
    false,
  ])
})

test('an API without a known URL offers no DPoP', async () => {
  const token = await bound.mint({ aud: 'deploy-api', cnf: { jkt: bound.holder.jkt } })
  const challenge = await challengeOf({ audience: 'deploy-api' }, { token, scheme: 'Bearer' })
  expect(challenge).toMatch(/^Bearer error="invalid_token"/)
})

test('an unbound token gets DPoP where a binding is required', async () => {
  const options = { proofOfPossession: 'required' } as const
  const call = { token: bound.plain(), scheme: 'Bearer', dpop: null }
  expect(await challengeOf(options, call)).toMatch(/^DPoP error="invalid_token"/)
})
