/** Which answers of a layer are older than what an isolate has. */
import { describe, expect, it } from 'vitest'
import type { CompiledTrust } from '../../../../src/core/policy/compile/compiled.ts'
import {
  type Applied,
  applyDelta,
  isFromBefore,
} from '../../../../src/worker/caches/trust/apply-delta.ts'
import type { LayeredDelta } from '../../../../src/worker/trust-layers/layered-store.ts'

const AT = 1_800_000_000
const CEILINGS = {
  gatewayIssuer: 'https://sts.test',
  maxTokenLifetimeSeconds: 3600,
  maxRuleExpirySeconds: undefined,
  localIssuers: false,
}
const READING = {
  ceilings: CEILINGS,
  policy: undefined as unknown as CompiledTrust,
  maxStaleSeconds: 900,
  loaded: undefined,
}
const SAME = { revision: 6, keyEpoch: 9, issuers: [], removed: [], at: AT, currentAt: AT }

const held: Applied & { readonly askedAt: number } = {
  ...applyDelta({ ...SAME, bytes: new Uint8Array() }, undefined, READING, AT),
  askedAt: AT,
}
const isOlder = (change: object, from = AT) =>
  isFromBefore({ ...SAME, ...change } as LayeredDelta, from, held)

describe('an answer of a layer', () => {
  it.each([
    ['has an earlier revision', { revision: 5 }, AT + 1],
    ['has earlier keys', { keyEpoch: 8 }, AT + 1],
    ['has no key epoch', { keyEpoch: undefined }, AT + 1],
    ['is a copy from the time of the held answer', { isStale: true }, AT],
    ['is a copy from an earlier time', { isStale: true }, AT - 1],
  ])('is older if it %s', (_, change, from) => {
    expect(isOlder(change, from)).toBe(true)
  })

  it.each([
    ['is the same and was confirmed before', {}, AT - 1],
    ['is a copy from a later time', { isStale: true }, AT + 1],
    ['comes from the store, which was restored', { revision: 5, currentAt: undefined }, AT],
  ])('is not older if it %s', (_, change, from) => {
    expect(isOlder(change, from)).toBe(false)
  })
})
