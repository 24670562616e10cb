import { describe, expect, it } from 'vitest'
import { readBearer } from '../../../src/core/endpoint/bearer.ts'

describe('a bearer token', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['Bearer   abc', 'abc'],
    [' Bearer abc', 'abc'],
    ['Bearer abc \t', 'abc'],
    ['BEARER a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
  ])('is read from %j', (header, token) => expect(readBearer(header)).toBe(token))

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'abc',
    'Basic abc',
    'DPoP abc',
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
  ])('EXC-17 is not in %j', (header) => expect(readBearer(header)).toBeUndefined())
})
