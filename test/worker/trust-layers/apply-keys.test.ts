/** What an answer about keys changes, when the isolate has asked about one issuer meanwhile. */
import { describe, expect, it } from 'vitest'
import type { PublicKey } from '../../../src/core/keys/issuer-keys.ts'
import { applyKeys, type KnownKeys, withKeys } from '../../../src/worker/trust-layers/apply-keys.ts'

const URL = 'https://issuer.example'
const keysOf = (kid: string): PublicKey[] => [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid }]
const set = (version: number, fetchedAt = 100) => ({
  ...{ version, fetchedAt },
  keys: keysOf(`key-${version}`),
})
const known = (version: number): KnownKeys => ({
  ...{ keyEpoch: 8, instance: 'one' },
  keys: new Map([[URL, set(version)]]),
})
const delta = (sent: object, instance = 'one') => ({
  ...{ keyEpoch: 9, instance, removed: [] },
  issuers: [{ url: URL, version: 5, fetchedAt: 100, ...sent }],
})

/** After a rotation, the isolate asked about the new key, which its key epoch does not have yet. */
function afterQuestion(): KnownKeys {
  const before = known(5)
  return { ...before, keys: withKeys(before.keys, URL, set(6)) }
}

describe('an answer from before a question about a single key', () => {
  it.each([
    ['with keys', { keys: keysOf('key-5') }],
    ['with a newer fetch of the same keys', { fetchedAt: 110 }],
  ])('NET-13 does not replace the newer keys: %s', (_, sent) => {
    const { keys, keyEpoch } = applyKeys(afterQuestion(), delta(sent))
    expect(keys.get(URL)).toEqual(set(6))
    expect(keyEpoch).toBe(9)
  })

  it('NET-13 still removes the issuer', () => {
    const removed = { ...delta({}), issuers: [], removed: [URL] }
    expect(applyKeys(afterQuestion(), removed).keys.has(URL)).toBe(false)
  })

  it('replaces keys of another instance, whose versions have another meaning', () => {
    const { keys } = applyKeys(afterQuestion(), delta({ keys: keysOf('key-5') }, 'two'))
    expect(keys.get(URL)).toEqual(set(5))
  })
})

it('an empty set replaces keys of any version, because it has a low one', () => {
  expect(applyKeys(known(5), delta({ version: 0, keys: [] })).keys.get(URL)?.keys).toEqual([])
})

describe('an answer about keys of the same version', () => {
  it('moves the time of the fetch, backwards too: the clock of the store was set back', () => {
    expect(applyKeys(known(5), delta({ fetchedAt: 90 })).keys.get(URL)).toEqual(set(5, 90))
  })
})
