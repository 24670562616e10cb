import { describe, expect, it } from 'vitest'
import {
  API,
  type Change,
  EXCHANGE_FORM,
  parseExchange as parse,
  TOKEN_TYPE as TYPE,
} from '../support/parse-request.ts'

type Row = readonly [string, Change, string]

describe('a request', () => {
  it('TE-26 contains the assertion, the resource, the scopes, the lifetime and the rule', () => {
    const wish = { scope: 'b a b', expires_in: '60', rule: 'deploy' }
    expect(parse(wish)).toEqual({
      grant: EXCHANGE_FORM.grant_type,
      presented: {
        assertion: 'a.b.c',
        presentation: 'jwt',
        issuedTokenType: `${TYPE}:access_token`,
      },
      resource: API,
      scopes: ['b', 'a'],
      lifetimeSeconds: 60,
      rule: 'deploy',
      clientId: undefined,
    })
  })

  it.each([
    ...['actor_token', 'actor_token_type', 'subject_issuer', 'requested_issuer'],
    ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
    ...['requested_token_type', 'scope', 'expires_in', 'rule', 'audience', 'unknown'],
  ])('TE-05 is the same with an empty %s', (name) => {
    expect(parse({ [name]: '' })).toEqual(parse())
  })

  it('TE-05 TE-21 treats an empty optional parameter as absent', () => {
    const expected = { scopes: undefined, lifetimeSeconds: undefined, rule: undefined }
    expect(parse()).toMatchObject(expected)
    expect(parse({ scope: '', expires_in: '', rule: '' })).toMatchObject(expected)
  })

  it('TE-06 may contain unknown parameters', () => {
    expect(parse({ foo: 'bar', Scope: 'x' })).toEqual(parse())
  })
})

describe('a request is refused', () => {
  const rows: readonly Row[] = [
    ['TE-09 without grant_type', { grant_type: null }, 'parameter_missing: grant_type'],
    ['TE-09 with an empty grant_type', { grant_type: '' }, 'parameter_missing: grant_type'],
    ['TE-24 with the password grant', { grant_type: 'password' }, 'grant_type_unsupported'],
    [
      'TE-25 in capitals',
      { grant_type: EXCHANGE_FORM.grant_type.toUpperCase() },
      'grant_type_unsupported',
    ],
    [
      'TE-25 with a space',
      { grant_type: `${EXCHANGE_FORM.grant_type} ` },
      'grant_type_unsupported',
    ],
  ]
  it.each(rows)('%s', (_, change, expected) => expect(parse(change)).toBe(expected))
})

describe('a parameter that is repeated', () => {
  const names = ['grant_type', 'subject_token', 'subject_token_type', 'requested_token_type']
  const others = ['actor_token', 'client_id', 'client_secret', 'client_assertion']
  it.each([...names, ...others, 'scope', 'expires_in', 'rule'])(
    'TE-07 EXC-01 is refused: %s',
    (name) => {
      expect(parse({ [name]: ['x', 'x'] })).toBe(`parameter_repeated: ${name}`)
      expect(parse({ [name]: ['', ''] })).toBe(`parameter_repeated: ${name}`)
      expect(parse({ [name]: ['', 'x'] })).toBe(`parameter_repeated: ${name}`)
    },
  )

  it('TE-07 EXC-11 is refused without its name if it is unknown', () => {
    expect(parse({ '<script>': ['1', '2'] })).toBe('parameter_repeated')
  })
})

describe('client authentication', () => {
  it.each(['Basic bWU6eA==', 'Bearer x', ''])('TE-16 in the header is refused: %j', (header) => {
    expect(parse({}, header)).toBe('client_authentication_refused')
  })

  it.each(['client_secret', 'client_assertion', 'client_assertion_type'])(
    'TE-17 in the body is refused: %s',
    (name) => expect(parse({ [name]: 'x' })).toBe(`client_authentication_unsupported: ${name}`),
  )

  it('TE-06 may contain a client id, which has no other effect', () => {
    expect(parse({ client_id: 'me' })).toEqual({ ...(parse() as object), clientId: 'me' })
    expect(parse({}, 'Basic bWU6')).toEqual(parse({ client_id: 'me' }))
  })
})

describe('the target', () => {
  const accepted: readonly (readonly [string, Change])[] = [
    ['an audience instead', { resource: null, audience: API }],
    ['an audience and an empty resource', { resource: '', audience: API }],
    ['TE-08 a resource and an equal audience', { audience: API }],
    ['TE-08 a resource twice', { resource: [API, API] }],
    ['TE-08 a resource and an empty resource', { resource: [API, ''] }],
    ['TE-08 two spellings of one resource', { resource: [API, `${API}:443/`] }],
  ]
  it.each(accepted)('may be %s', (_, change) => {
    expect(parse(change)).toMatchObject({ resource: API })
  })

  it.each(['urn:x:y', `${API}/?a=b`, 'api+v1.x-y:z', `${API}/${'x'.repeat(2048 - 24)}`])(
    'TE-33 is an absolute URI: %s',
    (resource) => expect(parse({ resource })).toMatchObject({ resource }),
  )

  it.each([
    'api',
    '/path',
    '//host/x',
    'https:',
    ':x',
    '1https://api.example.com',
    `${API}#`,
    `${API}#part`,
    `${API}/a b`,
    `${API}\n`,
    ` ${API}`,
    `${API}/${'x'.repeat(2048 - 23)}`,
  ])('TE-33 is invalid: %j', (resource) => {
    expect(parse({ resource })).toBe('target_invalid: resource')
  })

  it('may be an audience that is not a URI', () => {
    expect(parse({ resource: null, audience: 'api' })).toMatchObject({ resource: 'api' })
  })

  it.each([
    ['TE-35 absent', { resource: null }],
    ['TE-05 empty', { resource: '' }],
    ['TE-05 empty twice', { resource: ['', ''], audience: '' }],
  ] as const)('may be %s: the rules then select it', (_, change) => {
    expect(parse(change)).toMatchObject({ resource: undefined })
  })

  const refused: readonly Row[] = [
    ['TE-34 EXC-05 two resources', { resource: [API, `${API}/v1`] }, 'target_ambiguous'],
    ['TE-34 a resource and another audience', { audience: 'x' }, 'target_ambiguous'],
    ['TE-34 two audiences', { resource: null, audience: ['x', 'y'] }, 'target_ambiguous'],
  ]
  it.each(refused)('is refused: %s', (_, change, expected) => expect(parse(change)).toBe(expected))
})

describe('the scope', () => {
  it('TE-20 is a set of case-sensitive scope names', () => {
    expect(parse({ scope: 'a A a !#~ x:y' })).toMatchObject({ scopes: ['a', 'A', '!#~', 'x:y'] })
  })

  it.each(['a  b', ' a', 'a ', ' ', 'a\tb', 'a\nb', 'a"b', 'a\\b', 'ä', 'a\u00a0b', 'a\x7fb'])(
    'TE-20 MAP-01 is malformed: %j',
    (scope) => expect(parse({ scope })).toBe('scope_malformed'),
  )

  it('EXC-04 has at most 64 scope names', () => {
    const scopes = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`).join(' ')
    expect(parse({ scope: scopes(64) })).toMatchObject({ resource: API })
    expect(parse({ scope: scopes(65) })).toBe('scope_malformed')
    expect(parse({ scope: scopes(5000) })).toBe('scope_malformed')
  })
})

describe('the lifetime', () => {
  it.each(['10', '60', '9999999999'])('EXC-06 is a whole number of seconds: %s', (expires_in) => {
    expect(parse({ expires_in })).toMatchObject({ lifetimeSeconds: Number(expires_in) })
  })

  it.each([
    '0',
    '1',
    '9',
    '010',
    '-1',
    '01',
    '+1',
    '1.5',
    '1e3',
    '1e999',
    '1h',
    '0x10',
    ' 1',
    '1 ',
    '٣',
    'NaN',
    '10000000000',
  ])('EXC-06 is invalid: %j', (expires_in) =>
    expect(parse({ expires_in })).toBe('parameter_invalid: expires_in'),
  )
})

describe('the rule', () => {
  it('has a name of at most 2,048 characters', () => {
    expect(parse({ rule: 'x'.repeat(2048) })).toMatchObject({ rule: 'x'.repeat(2048) })
    expect(parse({ rule: 'x'.repeat(2049) })).toBe('parameter_invalid: rule')
    // A client id makes the gateway check each parameter by itself.
    const named = (length: number) => parse({ rule: 'x'.repeat(length), client_id: 'me' })
    expect(named(2048)).toMatchObject({ rule: 'x'.repeat(2048), clientId: 'me' })
    expect(named(2049)).toBe('parameter_invalid: rule')
  })
})
