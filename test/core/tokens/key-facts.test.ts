import { describe, expect, it } from 'vitest'
import { CLOCK_LEEWAY_SECONDS } from '../../../src/core/limits.ts'
import { describeKeys } from '../../../src/core/tokens/key-facts.ts'
import type { RingKey } from '../../../src/core/tokens/keyring.ts'

const NOW = 1_800_000_000
const LIFETIME = 3600

function key(keyId: string, change: Partial<RingKey> = {}): RingKey {
  return {
    keyId,
    secret: 'SIGNING_KEY_A',
    algorithm: 'ES256',
    activatesAt: 0,
    retiresAt: Number.POSITIVE_INFINITY,
    sign: () => Promise.reject(new Error('not used')),
    publicJwk: { kid: keyId, alg: 'ES256', d: 'private-scalar' },
    ...change,
  }
}

const statesOf = (keys: readonly RingKey[]) =>
  describeKeys({ keys }, NOW, LIFETIME).map(({ kid, state, default: usual }) => [kid, state, usual])

describe('the report of the signing keys', () => {
  it('says which key signs, and which waits for its turn', () => {
    expect(
      statesOf([
        key('old'),
        key('new', { activatesAt: NOW }),
        key('next', { activatesAt: NOW + 1 }),
        key('rsa', { algorithm: 'RS256' }),
      ]),
    ).toEqual([
      ['old', 'standby', false],
      ['new', 'signing', true],
      ['next', 'scheduled', false],
      ['rsa', 'signing', false],
    ])
  })

  it.each([
    [NOW + 1, 'signing'],
    [NOW, 'retired'],
    [NOW - LIFETIME - CLOCK_LEEWAY_SECONDS + 1, 'retired'],
    [NOW - LIFETIME - CLOCK_LEEWAY_SECONDS, 'withdrawn'],
  ])('KEY-11 says whether a key that retires at %i is published', (retiresAt, state) => {
    expect(describeKeys({ keys: [key('a', { retiresAt })] }, NOW, LIFETIME)).toEqual([
      {
        kid: 'a',
        alg: 'ES256',
        secret: 'SIGNING_KEY_A',
        state,
        default: state === 'signing',
        activates_at: null,
        retires_at: retiresAt,
        published_until: retiresAt + LIFETIME + CLOCK_LEEWAY_SECONDS,
      },
    ])
  })

  it('KEY-12 has no member of a key except its id and its algorithm', () => {
    const [report] = describeKeys({ keys: [key('a', { activatesAt: 5 })] }, NOW, LIFETIME)
    expect(report).toMatchObject({ activates_at: 5, retires_at: null, published_until: null })
    expect(JSON.stringify(report)).not.toContain('private-scalar')
  })
})
