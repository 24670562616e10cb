import { describe, expect, it } from 'vitest'
import {
  countBits,
  findSecretMember,
  padOctets,
  readJwkMember,
  trimZeros,
} from '../../src/protocol/jwk.ts'

const bytes = (...octets: number[]) => new Uint8Array(octets)

describe('a number', () => {
  it('has no leading zero octets', () => {
    expect(trimZeros(bytes(0, 0, 1, 0))).toEqual(bytes(1, 0))
    expect(trimZeros(bytes(0, 0))).toEqual(bytes())
  })

  it('is padded to a length, or does not fit', () => {
    expect(padOctets(bytes(1), 3)).toEqual(bytes(0, 0, 1))
    expect(padOctets(bytes(0, 0, 1, 2, 3), 3)).toEqual(bytes(1, 2, 3))
    expect(padOctets(bytes(1, 2, 3, 4), 3)).toBeUndefined()
  })

  it.each([
    [bytes(), 0],
    [bytes(0, 0), 0],
    [bytes(0, 1), 1],
    [bytes(0x7f, 0), 15],
    [bytes(0x80, 0), 16],
  ])('of %j has %i bits', (octets, bits) => expect(countBits(octets)).toBe(bits))
})

describe('a member', () => {
  it('that is null, empty or inherited is absent', () => {
    const entry = { alg: null, kid: 'k', d: '', oth: [] }
    expect(
      ['alg', 'kid', 'use', 'constructor', 'd', 'oth'].map((name) => readJwkMember(entry, name)),
    ).toEqual([undefined, 'k', undefined, undefined, undefined, undefined])
  })

  it('KEY-08 JK-02 of a private key is found unless it is null or empty', () => {
    expect(findSecretMember({ kty: 'RSA', d: null, p: '', oth: [] })).toBeUndefined()
    expect(findSecretMember({ kty: 'RSA', d: null, qi: 'AA' })).toBe('qi')
    expect(findSecretMember({ kty: 'oct', k: 'AAAA' })).toBe('k')
  })
})
