/** Tokens that are bound to a client certificate (RFC 8705). */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { VerifierOptions } from '../../../src/verify/index.ts'
import { isSameCertificate } from '../../../src/verify/proof/certificate.ts'
import { type Call, openBound } from '../support/bound.ts'
import { refusalOf } from '../support/refusal.ts'

const bound = await openBound()
const digest = createHash('sha256').update('certificate').digest()
const x5t = digest.toString('base64url')
const hex = digest.toString('hex')
const MISMATCH = '401 invalid_token: certificate_mismatch'

async function judge(cnf: unknown, options: Partial<VerifierOptions>, call: Call = {}) {
  const token = await bound.mint({ cnf })
  const request = await bound.request({ token, scheme: 'Bearer', dpop: null, ...call })
  return refusalOf(bound.open(options).verifyRequest(request))
}

test('MT-02 accepts the certificate of the token', async () => {
  const clientCertificate = () => hex
  expect(await judge({ 'x5t#S256': x5t }, { clientCertificate })).toBe('accepted')
  const options = { clientCertificate, proofOfPossession: 'required' } as const
  expect(await judge({ 'x5t#S256': x5t }, options)).toBe('accepted')
})

test('MT-02 refuses the token without a callback', async () => {
  expect(await judge({ 'x5t#S256': x5t }, {})).toBe('401 invalid_token: token_bound')
})

test.each<readonly [string, () => string | undefined]>([
  ['without a certificate', () => undefined],
  ['with another certificate', () => 'f'.repeat(64)],
  ['with text that is no digest', () => ''],
])('MT-02 refuses a connection %s', async (_, clientCertificate) => {
  expect(await judge({ 'x5t#S256': x5t }, { clientCertificate })).toBe(MISMATCH)
})

test('MT-02 never reads a header', async () => {
  const token = await bound.mint({ cnf: { 'x5t#S256': x5t } })
  const headers = new Headers({ authorization: `Bearer ${token}`, 'client-cert': hex })
  for (const name of ['x-client-cert', 'x-ssl-client-fingerprint', 'cf-client-cert-sha256']) {
    headers.set(name, hex)
  }
  const request = { url: 'https://api.acme.dev/', method: 'GET', headers }
  const verifier = bound.open({ clientCertificate: () => undefined })
  expect(await refusalOf(verifier.verifyRequest(request))).toBe(MISMATCH)
})

test('gives the callback the request that the entry point received', async () => {
  const source = { socket: { fingerprint: hex } }
  const clientCertificate = (request: typeof source) => request.socket.fingerprint
  expect(await judge({ 'x5t#S256': x5t }, { clientCertificate }, { source })).toBe('accepted')
})

test('PR-13 refuses a token with two bindings', async () => {
  const cnf = { jkt: bound.holder.jkt, 'x5t#S256': x5t }
  const clientCertificate = () => hex
  const call: Call = { scheme: 'DPoP', dpop: undefined }
  expect(await judge(cnf, { clientCertificate }, call)).toBe('401 invalid_token: token_bound')
  expect(await judge(cnf, { clientCertificate })).toBe('401 invalid_token: token_bound')
})

test('DPOP-04 a token that is bound to a certificate has the scheme Bearer', async () => {
  const clientCertificate = () => hex
  const call = { scheme: 'DPoP', dpop: undefined }
  expect(await judge({ 'x5t#S256': x5t }, { clientCertificate }, call)).toBe(
    '401 invalid_token: token_not_bound',
  )
})

describe('a digest', () => {
  const colons = hex.replace(/..(?!$)/g, '$&:')
  test.each([hex, hex.toUpperCase(), colons, colons.toUpperCase(), x5t])(
    'is read as %s',
    (found) => {
      expect(isSameCertificate(found, x5t)).toBe(true)
    },
  )

  test.each([`${x5t}=`, hex.slice(2), `${hex}00`, ` ${hex}`, 'A'.repeat(43)])(
    'is not %s',
    (found) => {
      expect(isSameCertificate(found, x5t)).toBe(false)
    },
  )

  test.each(['z'.repeat(64), `${'00:'.repeat(31)}zz`])(
    'has only hex digits, unlike %s',
    (found) => {
      const zeros = Buffer.alloc(32)
      expect(isSameCertificate(zeros.toString('hex'), zeros.toString('base64url'))).toBe(true)
      expect(isSameCertificate(found, zeros.toString('base64url'))).toBe(false)
    },
  )
})
