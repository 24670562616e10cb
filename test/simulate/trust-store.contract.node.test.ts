/** The model of the trust store answers like the trust store. */
import { describe } from 'vitest'
import { createTrustStoreModel } from '../../scripts/simulate/model/trust-store.ts'
import { describeTrustDistribution, type TrustWorld } from '../contracts/trust-distribution.ts'

const SOURCE = 'https://ci.example'

async function createWorld(): Promise<TrustWorld> {
  let milliseconds = 1_800_000_000_000
  let rotations = 0
  let fetches = 0
  const keyId = async () => `key-${rotations}`
  const model = createTrustStoreModel({
    nowMilliseconds: () => milliseconds,
    sources: [SOURCE],
    fetch: async () => {
      fetches += 1
      return [await keyId()]
    },
  })
  let puts = 0
  const put = async () => {
    puts += 1
    return model.putDocument(new Uint8Array([puts]))
  }
  await put()
  return {
    store: {
      ...model,
      snapshotSince: async (known) => model.snapshotSince(known),
      pointer: async () => model.pointer(),
      keysAfter: async (...known) => model.keysAfter(...known),
      content: async (digest) => model.content(digest),
    },
    source: SOURCE,
    put,
    keyId,
    rotate: () => {
      rotations += 1
      return keyId()
    },
    pass: async (seconds) => {
      milliseconds += seconds * 1000
    },
    fetchDue: () => model.fetchKeys(SOURCE),
    fetches: async () => fetches,
  }
}

describe('the simulated trust store', () => describeTrustDistribution(createWorld))
