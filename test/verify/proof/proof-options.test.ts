/** Mistakes in the options of proof of possession stop the start of an API. */
import { expect, test } from 'vitest'
import { createVerifier, type VerifierOptions } from '../../../src/verify/index.ts'
import { AUDIENCE } from '../support/tokens.ts'

const open = (options: object) => () =>
  createVerifier({
    issuer: 'https://sts.acme.dev',
    audience: AUDIENCE,
    ...options,
  } as VerifierOptions)

test.each<readonly [object, string]>([
  [{ proofOfPossession: 'none' }, 'proofOfPossession must be'],
  [{ proofOfPossession: true }, 'proofOfPossession must be'],
  [{ publicUrl: '' }, 'publicUrl must be'],
  [{ publicUrl: [] }, 'publicUrl must be'],
  [{ publicUrl: 'api.acme.dev' }, 'publicUrl must be'],
  [{ publicUrl: 'ftp://api.acme.dev' }, 'publicUrl must be'],
  [{ publicUrl: 'https://user@api.acme.dev' }, 'publicUrl must be'],
  [{ publicUrl: 'https://:password@api.acme.dev' }, 'publicUrl must be'],
  [{ publicUrl: 'https://api.acme.dev\\v1' }, 'publicUrl must be'],
  [{ publicUrl: 'https://api.acme.dev/?a=1' }, 'publicUrl must be'],
  [{ publicUrl: ['https://api.acme.dev', 'https://api.acme.dev/#a'] }, 'publicUrl must be'],
  [{ publicUrl: 7 }, 'publicUrl must be'],
  [{ claimProof: {} }, 'claimProof must be a function'],
  [{ clientCertificate: 'digest' }, 'clientCertificate must be a function'],
  [{ proofNonce: true }, 'proofNonce must be'],
  [{ proofNonce: null }, 'proofNonce must be'],
  [{ proofNonce: { secrets: 'x'.repeat(32) } }, 'proofNonce must be'],
  [{ proofNonce: { secret: 'x'.repeat(31) } }, 'proofNonce.secret must have'],
  [{ proofNonce: { maxAgeSeconds: 29 } }, 'proofNonce.maxAgeSeconds must be'],
  [{ proofNonce: { maxAgeSeconds: 3601 } }, 'proofNonce.maxAgeSeconds must be'],
  [{ proofNonce: { maxAgeSeconds: Number.NaN } }, 'proofNonce.maxAgeSeconds must be'],
  [{ audience: 'deploy-api', proofOfPossession: 'required' }, 'publicUrl is required'],
  [{ audience: 'deploy-api', proofOfPossession: 'optional' }, 'publicUrl is required'],
  [
    {
      audience: 'deploy-api',
      proofOfPossession: 'optional',
      clientCertificate: () => undefined,
    },
    'publicUrl is required',
  ],
])('refuses %j', (options, message) => {
  expect(open(options)).toThrow(TypeError)
  expect(open(options)).toThrow(`edgemint/verify: ${message}`)
})

test('accepts every option', () => {
  expect(
    open({
      proofOfPossession: 'required',
      publicUrl: 'https://api.acme.dev/v1/',
      claimProof: () => true,
      clientCertificate: () => undefined,
      proofNonce: { secret: 'x'.repeat(32), maxAgeSeconds: 30 },
    }),
  ).not.toThrow()
})

test('accepts certificates alone where the audience is no URL', () => {
  const options = { audience: 'deploy-api', proofOfPossession: 'required' }
  expect(open({ ...options, clientCertificate: () => undefined })).not.toThrow()
})
