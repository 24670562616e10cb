/**
 * Tokens, proofs and a status list of `test/vectors/signed.json`, which other code has signed. A fault
 * that signer and verifier share would not show in tests that sign for themselves.
 */
import { describe, expect, test } from 'vitest'
import { createVerifier, type VerifierOptions } from '../../src/verify/index.ts'
import parts from '../vectors/signed.json' with { type: 'json' }
import { refusalOf } from './support/refusal.ts'

/** The file has them in parts: no file of the repository has a signed token (LOG-01). */
const vectors = {
  key: parts.key,
  bound: parts.bound.join('.'),
  proofOfCall: parts.proofOfCall.join('.'),
  proofOfExchange: parts.proofOfExchange.join('.'),
  revoked: parts.revoked.join('.'),
  statusList: parts.statusList.join('.'),
}

const ISSUER = 'https://sts.example.com'
/** Both proofs were made in these five seconds. */
const NOW = 1_767_225_605

const ANSWERS: ReadonlyMap<string, () => Response> = new Map([
  [
    `${ISSUER}/.well-known/openid-configuration`,
    () => Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks.json` }),
  ],
  [`${ISSUER}/jwks.json`, () => Response.json({ keys: [vectors.key] })],
  [
    `${ISSUER}/statuslists/1`,
    () =>
      new Response(vectors.statusList, {
        headers: { 'content-type': 'application/statuslist+jwt' },
      }),
  ],
])

const newVerifier = (revocation?: VerifierOptions['revocation']) =>
  createVerifier({
    issuer: ISSUER,
    audience: 'https://api.example.com/',
    now: () => NOW,
    fetch: async (url) => ANSWERS.get(String(url))?.() ?? new Response(null, { status: 404 }),
    revocation,
  })

const STATUS_LIST = { statusList: true } as const

async function judge(scheme: string, token: string, dpop?: string) {
  const headers = new Headers({ authorization: `${scheme} ${token}` })
  if (dpop !== undefined) headers.set('dpop', dpop)
  const request = { method: 'GET', url: 'https://api.example.com/artifacts', headers }
  return refusalOf(newVerifier(STATUS_LIST).verifyRequest(request))
}

describe('a token that other code has signed', () => {
  test('DP-14 DP-19 DP-20 SL-02 is accepted with the proof of its key and a valid status', async () => {
    expect(await judge('DPoP', vectors.bound, vectors.proofOfCall)).toBe('accepted')
  })

  test('DP-06 DP-21 is refused with the proof of another request, and without a proof', async () => {
    const { bound, proofOfExchange } = vectors
    expect(await judge('DPoP', bound, proofOfExchange)).toBe('401 invalid_dpop_proof: proof_htm')
    expect(await judge('Bearer', bound)).toBe('401 invalid_token: token_bound')
  })

  test('SL-02 is refused if the status list says so', async () => {
    expect(await refusalOf(newVerifier(STATUS_LIST).verify(vectors.revoked))).toBe(
      '401 invalid_token: token_revoked',
    )
    expect(await refusalOf(newVerifier().verify(vectors.revoked))).toBe('accepted')
  })

  test('AV-03 TOK-10 is refused in another spelling of the same signature', async () => {
    const spelled = vectors.revoked.replace(/w$/, 'x')
    expect(Buffer.from(spelled.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(vectors.revoked.split('.')[2] ?? '', 'base64url'),
    )
    expect(await refusalOf(newVerifier().verify(spelled))).toBe(
      '401 invalid_token: token_malformed',
    )
  })
})
