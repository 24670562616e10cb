import { describe, expect, it } from 'vitest'
import {
  type Change,
  parseExchange as parse,
  TOKEN_TYPE as TYPE,
} from '../support/parse-request.ts'

type Row = readonly [string, Change, string]

describe('a token exchange', () => {
  it('TE-29 TE-39 accepts a JWT under both names, and returns one under both', () => {
    expect(parse({ subject_token_type: `${TYPE}:jwt` })).toEqual(parse())
    expect(parse({ requested_token_type: `${TYPE}:access_token` })).toEqual(parse())
    const asked = { requested_token_type: `${TYPE}:jwt` }
    expect(parse(asked)).toMatchObject({ presented: { issuedTokenType: `${TYPE}:jwt` } })
  })
})

describe('an access token as subject token', () => {
  it('TE-29 TE-30 is one of this gateway, which no other type is', () => {
    const presentations = ['access_token', 'jwt', 'id_token'].map((name) => {
      const parsed = parse({ subject_token_type: `${TYPE}:${name}` })
      return typeof parsed === 'string' ? parsed : parsed.presented.presentation
    })
    expect(presentations).toEqual(['access_token', 'jwt', 'jwt'])
  })
})

describe('a token exchange is refused', () => {
  const rows: readonly Row[] = [
    ['TE-26 without a token', { subject_token: null }, 'parameter_missing: subject_token'],
    ['TE-05 with an empty token', { subject_token: '' }, 'parameter_missing: subject_token'],
    [
      'TE-26 without its type',
      { subject_token_type: null },
      'parameter_missing: subject_token_type',
    ],
    [
      'TE-27 with an actor token without its type',
      { actor_token: 'a.b.c' },
      'parameter_missing: actor_token_type',
    ],
    [
      'TE-27 with only the type of an actor token',
      { actor_token_type: `${TYPE}:jwt` },
      'parameter_missing: actor_token',
    ],
    [
      'TE-28 with an actor token of an unknown type',
      { actor_token: 'a.b.c', actor_token_type: `${TYPE}:saml2` },
      'token_type_unsupported: actor_token_type',
    ],
    [
      'EXC-03 with subject_issuer',
      { subject_issuer: 'x' },
      'parameter_unsupported: subject_issuer',
    ],
    [
      'EXC-03 with requested_issuer',
      { requested_issuer: 'x' },
      'parameter_unsupported: requested_issuer',
    ],
  ]
  it.each(rows)('%s', (_, change, expected) => expect(parse(change)).toBe(expected))

  it.each(['refresh_token', 'saml1', 'saml2', 'JWT', ''])(
    'TE-28 TE-30 TOK-17 with a subject token of the type %j',
    (name) => {
      const expected = 'token_type_unsupported: subject_token_type'
      expect(parse({ subject_token_type: `${TYPE}:${name}` })).toBe(expected)
    },
  )

  it.each(['JWT', 'id_token', 'refresh_token', 'saml2', 'id-jag'])(
    'TE-28 TE-40 with the requested type %j',
    (name) => {
      const expected = 'token_type_unsupported: requested_token_type'
      expect(parse({ requested_token_type: `${TYPE}:${name}` })).toBe(expected)
    },
  )
})
