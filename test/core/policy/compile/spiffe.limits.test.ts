import { describe, expect, it } from 'vitest'
import {
  MAX_PATTERN_CHARACTERS,
  MAX_SPIFFE_ID_BYTES,
  MAX_TRUST_DOMAIN_CHARACTERS,
} from '../../../../src/contract/limits.ts'
import { isReadableText } from '../../../../src/core/evidence/identity.ts'
import { MAX_CLAIM_CHARACTERS } from '../../../../src/core/limits.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { problemsOf, withIssuer, withWhen } from '../support/documents.ts'

const spire = { provider: 'spiffe-jwt-svid', issuer: 'https://spire.example.org' }
const codesOf = (document: unknown) => problemsOf(document).map(({ code }) => code)
const idOf = (length: number) => `spiffe://${'x'.repeat(length - 9)}`

describe('a trust domain', () => {
  it.each([
    ['of 255 characters', 'a'.repeat(MAX_TRUST_DOMAIN_CHARACTERS)],
    ['of one character', 'a'],
    ['that begins with an underscore', '_acme.example'],
    ['that begins with a dash and ends with a dot', '-acme.'],
    ['of digits', '10.0.0.1'],
  ])('%s is accepted', (_, trust_domain) => {
    expect(problemsOf(withIssuer({ ...spire, trust_domain }))).toEqual([])
  })

  it.each([
    ['of 256 characters', 'a'.repeat(MAX_TRUST_DOMAIN_CHARACTERS + 1)],
    ['without characters', ''],
    ['in upper case', 'Acme.example'],
    ['with a port', 'acme.example:443'],
    ['with its scheme', 'spiffe://acme.example'],
    ['with non-ASCII letters', 'bücher.example'],
  ])('%s is refused', (_, trust_domain) => {
    expect(codesOf(withIssuer({ ...spire, trust_domain }))).toContain('value_invalid')
  })
})

describe('the trust domain of the gateway', () => {
  const problems = (trustDomain: string | undefined) =>
    problemsOf(withIssuer({ ...spire, trust_domain: 'acme.dev' }), { ...CEILINGS, trustDomain })

  it('OUT-01 is not the trust domain of an issuer', () => {
    expect(problems('acme.dev')).toMatchObject([
      { code: 'trust_domain_reserved', path: ['issuers', 'extra', 'trust_domain'] },
    ])
  })

  it.each([undefined, 'other.dev', '*'])('does not affect another one: %s', (trustDomain) => {
    expect(problems(trustDomain)).toEqual([])
  })
})

describe('a condition', () => {
  const pinned = { repository_owner_id: '4411' }
  const when = (sub: unknown) => codesOf(withWhen({ ...pinned, sub }))

  it('accepts a SPIFFE ID of 2,048 bytes: alone, in a list and before a star', () => {
    const id = idOf(MAX_SPIFFE_ID_BYTES)
    expect([when(id), when([id]), when({ not: id }), when({ glob: id })]).toEqual([[], [], [], []])
    expect(when({ glob: `${idOf(MAX_SPIFFE_ID_BYTES - 2)}**` })).toEqual([])
  })

  it('refuses a longer SPIFFE ID, and any other text of that length', () => {
    expect(when(idOf(MAX_SPIFFE_ID_BYTES + 1))).toEqual(['value_invalid'])
    expect(when({ glob: idOf(MAX_SPIFFE_ID_BYTES + 1) })).toEqual(['value_invalid'])
    expect(when('x'.repeat(MAX_PATTERN_CHARACTERS + 1))).toEqual(['value_invalid'])
    expect(when({ glob: 'x'.repeat(MAX_PATTERN_CHARACTERS + 1) })).toEqual(['value_invalid'])
  })

  it('RULE-07 refuses a pattern whose text after the first star is longer than other values may be', () => {
    const glob = (rest: number) => when({ glob: `spiffe://acme/*${'a*'.repeat(rest)}` })
    expect(glob(127)).toEqual([])
    expect(glob(128)).toEqual(['value_invalid'])
  })
})

describe('a claim', () => {
  it('is readable up to 2,048 bytes if it is a SPIFFE ID, and up to 1,024 otherwise', () => {
    expect(isReadableText(idOf(MAX_SPIFFE_ID_BYTES))).toBe(true)
    expect(isReadableText(idOf(MAX_SPIFFE_ID_BYTES + 1))).toBe(false)
    expect(isReadableText('x'.repeat(MAX_CLAIM_CHARACTERS))).toBe(true)
    expect(isReadableText('x'.repeat(MAX_CLAIM_CHARACTERS + 1))).toBe(false)
    expect(isReadableText(`spiffe://${'é'.repeat(MAX_CLAIM_CHARACTERS)}`)).toBe(false)
  })
})
