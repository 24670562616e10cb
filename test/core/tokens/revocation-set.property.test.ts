import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  hasPrefix,
  type Prefix,
  prefixOf,
  readSet,
  writeSet,
} from '../../../src/core/tokens/revocation-set.ts'
import { setOf } from '../../support/published-set.ts'

const setFrom = (prefixes: readonly Prefix[]) => readSet(writeSet(prefixes))
/** Prefixes that often share a half, and the limits of 32 bits. */
const half = fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat(3))
const prefix = fc.record({ high: half, low: half })

describe('a revocation set', () => {
  it('contains a text exactly if a Set does', () => {
    const jti = fc.oneof(fc.string(), fc.constantFrom('__proto__', '', 'ü', 'a'.repeat(200)))
    fc.assert(
      fc.property(fc.array(jti), fc.array(jti), (revoked, others) => {
        const reference = new Set(revoked)
        const set = setFrom([...reference].map(prefixOf))
        for (const text of [...revoked, ...others]) {
          expect(set && hasPrefix(set, prefixOf(text))).toBe(reference.has(text))
        }
      }),
    )
  })

  it('contains a prefix exactly if a Set does, also where prefixes are close', () => {
    const nameOf = ({ high, low }: Prefix) => `${high} ${low}`
    fc.assert(
      fc.property(fc.array(prefix), fc.array(prefix), (listed, others) => {
        const reference = new Set(listed.map(nameOf))
        const set = setFrom(listed)
        for (const one of [...listed, ...others]) {
          expect(set && hasPrefix(set, one)).toBe(reference.has(nameOf(one)))
        }
      }),
    )
  })

  it('is the sorted first eight bytes of each SHA-256', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (jtis) => {
        expect(writeSet(jtis.map(prefixOf))).toEqual(setOf(...jtis))
      }),
    )
  })

  it('is not read from a part of a prefix', () => {
    expect(readSet(new Uint8Array(15))).toBeUndefined()
    expect(readSet(new Uint8Array(16))?.byteLength).toBe(16)
  })
})
