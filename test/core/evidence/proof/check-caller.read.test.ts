import { describe, expect, it } from 'vitest'
import { readCallerToken } from '../../../../src/core/evidence/proof/check-caller.ts'

describe('the token of a caller', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['Bearer   abc', 'abc'],
    [' Bearer abc', 'abc'],
    ['Bearer abc \t', 'abc'],
    ['DPoP abc', 'abc', 'DPoP'],
    ['dpop  abc ', 'abc', 'DPoP'],
    ['BEARER a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
  ])('is read from %j', (header, token, scheme = 'Bearer') =>
    expect(readCallerToken(header)).toEqual({ scheme, token }),
  )

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'abc',
    'Basic abc',
    'DPoP',
    'DPoP abc, DPoP def',
    'DPoPX abc',
    'BearerX abc',
    'XBearer abc',
    'Bearer\tabc',
    'Bearer \tabc',
    'Bearer\u00a0abc',
    '\u00a0Bearer abc',
    'Bearer,abc',
    'Bearer abc,',
    'Basic x, Bearer abc',
    'Bearer abc\n',
    'Bearer abc def',
    'Bearer abc, Bearer def',
    'Bearer a=b',
    'Bearer "abc"',
    'Bearer äbc',
  ])('EXC-17 is not in %j', (header) => expect(readCallerToken(header)).toBeUndefined())
})
