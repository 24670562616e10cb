/** Content comes from the nearest source that has it, and no source delays the next for long. */
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../../src/worker/trust-layers/content/content.ts'
import { createContentSource } from '../../../../src/worker/trust-layers/content/load-content.ts'
import { createAttempt } from '../../../../src/worker/trust-layers/layer/attempt.ts'
import type { DataCentre } from '../../../../src/worker/trust-layers/layer/data-centre.ts'
import {
  createLayerFaults,
  type RegionLayer,
} from '../../../../src/worker/trust-layers/layer/layer.ts'
import { createSharedEntries } from '../../../../src/worker/trust-layers/layer/shared-entries.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'

const CONTENT = new Uint8Array([1, 2, 3])
const NAME = { known: 3, latest: 5, instance: 'one' }
const KEYS = { instance: 'one', keyEpoch: 5, issuers: [], removed: [] }

function newSource(
  change: Partial<RegionLayer> = {},
  kv: () => Promise<unknown> = async () => null,
  dataCentre?: DataCentre,
) {
  const faults = createLayerFaults(() => false)
  const region: RegionLayer = {
    name: 'region',
    pointer: async () => undefined,
    keysAfter: async () => KEYS,
    content: async () => CONTENT,
    refreshKeys: async () => null,
    useOther: () => false,
    ...change,
  }
  const attempt = createAttempt(faults, () => 1_800_000_000)
  const source = createContentSource({
    entries: createSharedEntries({ dataCentre, attempt, random: () => 0 }),
    region,
    kv: { get: kv } as unknown as Pick<KVNamespace, 'get'>,
    attempt,
  })
  return { source, faults }
}

/** A data centre that takes nothing. */
const FULL = {
  content: async () => undefined,
  claim: async () => true,
  keepContent: async () => Promise.reject(new Error('the cache is full')),
} as unknown as DataCentre

describe('content', () => {
  it('is used if the data centre does not keep it, which is counted', async () => {
    const { source, faults } = newSource({}, undefined, FULL)
    expect(await source.load(await digestOf(CONTENT), false)).toEqual(CONTENT)
    expect(faults.read()).toEqual({ data_centre: { unreachable: 1 } })
    // For a moment it is neither asked nor given anything.
    expect(await source.load(await digestOf(CONTENT), false)).toEqual(CONTENT)
    expect(faults.read()).toEqual({ data_centre: { unreachable: 1 } })
  })

  it('comes from the reader if KV does not answer', async () => {
    const waits = shortenDeadlines()
    const { source, faults } = newSource({}, () => new Promise(() => undefined))
    expect(await source.load(await digestOf(CONTENT), false)).toEqual(CONTENT)
    expect(faults.read()).toEqual({ kv: { unreachable: 1 } })
    expect(waits.asked).toContain(1000)
  })

  it('is missing if no source has it', async () => {
    const { source, faults } = newSource({ content: async () => null })
    expect(await source.load(await digestOf(CONTENT), false)).toBeUndefined()
    expect(faults.read()).toEqual({})
  })
})

describe('keys from a layer', () => {
  it('are used if they fit the question', async () => {
    expect(await newSource().source.keys(NAME, false)).toEqual(KEYS)
  })

  it.each([
    ['behind', 'of another instance', { ...KEYS, instance: 'two' }],
    ['behind', 'of an older epoch', { ...KEYS, keyEpoch: 2 }],
    ['unreadable', 'without an instance', { ...KEYS, instance: undefined }],
    ['unreadable', 'without a list', { ...KEYS, removed: undefined }],
    ['unreadable', 'with a key that is no object', { ...KEYS, issuers: [{ keys: ['x'] }] }],
    ['unreadable', 'that are no object', 'text'],
  ])('are left out and counted as %s: %s', async (fault, _, keys) => {
    const { source, faults } = newSource({ keysAfter: async () => keys })
    expect(await source.keys(NAME, false)).toBeUndefined()
    expect(faults.read()).toEqual({ region: { [fault]: 1 } })
  })
})
