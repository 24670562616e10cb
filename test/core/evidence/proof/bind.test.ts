import { describe, expect, it } from 'vitest'
import {
  bind,
  certificateThumbprint,
  type Possession,
} from '../../../../src/core/evidence/proof/bind.ts'

const JKT = 'k'.repeat(43)
const PROOF = { jkt: JKT, jti: 'a', htu: 'https://a/', iat: 1, endsAt: 61, nonce: undefined }
/** The certificate of RFC 8705 Appendix A. */
const SHA256 = Buffer.from('A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0', 'base64url').toString(
  'hex',
)

function judge(possession: Partial<Possession>) {
  const bound = bind({
    demand: 'optional',
    proof: undefined,
    certificateSha256: undefined,
    bindsCertificates: true,
    parent: undefined,
    ...possession,
  })
  return bound.ok ? (bound.value ?? 'unbound') : bound.error.reason
}

describe('a client certificate', () => {
  const certificate = { certificateSha256: SHA256 }
  const thumbprint = { 'x5t#S256': 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0' }

  it('MT-01 binds a token of a resource that requires a proof', () => {
    expect(judge({ demand: 'required', ...certificate })).toEqual(thumbprint)
  })

  it('binds no other token: a connection may have a certificate for another reason', () => {
    expect(judge({ demand: 'optional', ...certificate })).toBe('unbound')
    expect(judge({ demand: 'none', ...certificate })).toBe('unbound')
  })

  it('binds nothing if the deployment does not say so', () => {
    const off = { bindsCertificates: false, ...certificate }
    expect(judge({ demand: 'required', ...off })).toBe('dpop_proof_missing')
    expect(judge({ parent: { cnf: thumbprint }, ...off })).toBe('token_bound')
  })

  it('gives way to a DPoP proof', () => {
    expect(judge({ demand: 'required', proof: PROOF, ...certificate })).toEqual({ jkt: JKT })
  })

  it.each(['', 'x'.repeat(64), SHA256.slice(1), `${SHA256}00`])(
    'is not read from %j',
    (certificateSha256) => {
      expect(certificateThumbprint(certificateSha256)).toBeUndefined()
      expect(judge({ demand: 'required', certificateSha256 })).toBe('dpop_proof_missing')
    },
  )
})

describe('DPOP-04 a proof', () => {
  it.each([
    ['required', { jkt: JKT }],
    ['optional', { jkt: JKT }],
    ['none', 'dpop_proof_unsupported'],
  ] as const)('with the demand %s', (demand, outcome) => {
    expect(judge({ demand, proof: PROOF })).toEqual(outcome)
  })

  it.each([
    ['required', 'dpop_proof_missing'],
    ['optional', 'unbound'],
    ['none', 'unbound'],
  ] as const)('is missing with the demand %s', (demand, outcome) => {
    expect(judge({ demand })).toBe(outcome)
  })
})
