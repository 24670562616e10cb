import { describe, expect, it } from 'vitest'
import { readProofContext } from '../../../src/worker/http/connection/connection.ts'
import { deployment, GATEWAY } from '../support/gateway.ts'

const SHA256 = 'ab'.repeat(32)
const VERIFIED = {
  certPresented: '1',
  certVerified: 'SUCCESS',
  certRevoked: '0',
  certFingerprintSHA256: SHA256,
}

function read(
  options: { readonly headers?: HeadersInit; readonly cf?: object } = {},
  env: object = {},
) {
  const { headers = {}, cf } = options
  const request = new Request(`${GATEWAY}/token?a=b`, {
    method: 'POST',
    headers,
    ...(cf === undefined ? {} : { cf: cf as RequestInitCfProperties }),
  })
  return readProofContext(request, { ...deployment(), LOCAL_GATEWAY: 'false', ...env })
}

const certificateOf = (tlsClientAuth: unknown, env: object = {}) =>
  read({ cf: { tlsClientAuth } }, env).certificateSha256

describe('what a proof of possession is checked against', () => {
  it('is the method, the DPoP header and the certificate, and cannot be changed', () => {
    const context = read({ headers: { DPoP: 'a.b.c' }, cf: { tlsClientAuth: VERIFIED } })
    expect(context).toEqual({
      method: 'POST',
      dpop: 'a.b.c',
      certificateSha256: SHA256,
    })
    expect(Object.isFrozen(context)).toBe(true)
  })

  it('has no header and no certificate if the request has none', () => {
    expect(read()).toMatchObject({ dpop: undefined, certificateSha256: undefined })
    expect(read({ cf: { country: 'DE' } })).toMatchObject({ certificateSha256: undefined })
  })

  it('distinguishes two DPoP headers from one', () => {
    const headers = new Headers([
      ['dpop', 'a.b.c'],
      ['dpop', 'd.e.f'],
    ])
    expect(read({ headers }).dpop).toBe('a.b.c, d.e.f')
  })
})

describe('a client certificate', () => {
  it.each([
    ['self-signed', { certVerified: 'FAILED:self signed certificate' }],
    ['that was not presented', { certPresented: '0', certVerified: 'NONE' }],
    ['that was revoked', { certRevoked: '1' }],
  ])('is ignored: %s', (_, change) => {
    expect(certificateOf({ ...VERIFIED, ...change })).toBeUndefined()
  })

  it('RULE-24 is ignored on a local gateway, because a caller could have written it', () => {
    expect(certificateOf(VERIFIED)).toBe(SHA256)
    expect(certificateOf(VERIFIED, { LOCAL_GATEWAY: 'true' })).toBeUndefined()
  })

  it.each([null, 'SUCCESS', 1])('is ignored if it is %j', (value) => {
    expect(certificateOf(value)).toBeUndefined()
  })
})
