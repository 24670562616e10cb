/** What the user typed becomes the body of a revocation. */
import { describe, expect, it } from 'vitest'
import { isConfirmed, readTarget } from '../../../../src/console/pages/revocations/target.ts'

describe('a revocation', () => {
  it.each([
    ['token', ' eyJhbGciOiJFUzI1NiJ9.e30.c2ln\n', { token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln' }],
    ['token', 'AAAAAAAAAAAAAAAAAAAAAA', { jti: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['token', 'dec_AAAAAAAAAAAAAAAAAAAAAA', { decision: 'dec_AAAAAAAAAAAAAAAAAAAAAA' }],
    ['subject', 'github:4411:production', { subject: 'github:4411:production' }],
    ['rule', ' deploy ', { rule: 'deploy' }],
    ['issuer', 'https://issuer.example', { issuer: 'https://issuer.example' }],
    ['key', 'kid.with.dots', { key: 'kid.with.dots' }],
    ['all', '', { all: true }],
  ] as const)('of a %s named %j', (grain, typed, body) => {
    expect(readTarget(grain, typed)).toEqual(body)
  })

  it.each(['token', 'subject', 'rule', 'issuer', 'key'] as const)(
    'of a %s needs a name',
    (grain) => {
      expect(readTarget(grain, '  ')).toBeUndefined()
    },
  )

  it.each([
    ['revoke everything', true],
    [' Revoke  Everything ', true],
    ['revoke', false],
    ['', false],
    ['revoke everything now', false],
  ])('of everything is confirmed by %j: %s', (typed, expected) => {
    expect(isConfirmed(typed)).toBe(expected)
  })
})
