/** Tests of LINT-53: issuers whose uploaded keys verify no token. */
import { describe, expect, it } from 'vitest'
import { isBlocking, lint } from '../../../../src/analysis/lint/lint.ts'
import { AT, compileOrCodes, documentOf } from '../support/documents.ts'

const KEY = {
  kty: 'EC',
  crv: 'P-256',
  kid: 'a',
  x: 'SVqB4JcUD6lsfvqMr-OKUNUphdNn64Eay60978ZlL74',
  y: 'lf0u0pMj4lGAzZix5u4Cm5CMQIgMNpkwy163wtKYVKI',
}

function findings(keys: unknown, at = AT) {
  const trust = compileOrCodes(documentOf('cluster', { issuer: { keys } }))
  if (!('rules' in trust)) throw new Error(trust.join())
  return lint(trust, { at }).filter((one) => one.lint === 'LINT-53')
}

describe('LINT-53', () => {
  it('warns of an empty list of keys', () => {
    const found = findings({ jwks: { keys: [] } })
    expect(found).toMatchObject([
      {
        severity: 'warn',
        path: ['issuers', 'ci', 'keys', 'jwks'],
        rule: undefined,
        message: 'the uploaded keys are an empty list, so every token of this issuer is refused',
      },
    ])
    expect(found.some(isBlocking)).toBe(true)
  })

  it('remarks on keys that have ended, which does not stop apply', () => {
    const keys = { jwks: { keys: [KEY] }, expires: '2026-11-01' }
    expect(findings(keys)).toMatchObject([
      { severity: 'info', path: ['issuers', 'ci', 'keys', 'expires'] },
    ])
    expect(findings(keys, 1_790_000_000)).toEqual([])
  })

  it('is silent for keys in force, and for an issuer without uploaded keys', () => {
    expect(findings({ jwks: { keys: [KEY] } })).toEqual([])
    expect(findings({ jwks: { keys: [KEY] }, expires: '2027-03-31' })).toEqual([])
    expect(findings(undefined)).toEqual([])
  })
})
