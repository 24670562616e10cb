import { beforeAll, describe, expect, it } from 'vitest'
import { Unavailable } from '../../../src/core/ports.ts'
import { createTokenMint } from '../../../src/core/tokens/issue.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { newTokenId } from '../../support/own-tokens.ts'
import { vectorTrust } from '../../support/vectors.ts'

let world: CoreWorld

/** A resource that requires an algorithm that the key ring does not have. */
function trust(issuerUrl: string) {
  const base = vectorTrust(issuerUrl)
  const other = { scopes: ['read'], algorithm: 'RS256' }
  return { ...base, resources: { ...base.resources, 'https://other.example.com': other } }
}

beforeAll(async () => {
  world = await startCoreWorld(trust)
})

describe('an exchange during an outage', () => {
  it('gets 503 with Retry-After and is recorded once with the part', async () => {
    const before = world.recorded.length
    const down = () => {
      throw new Unavailable('trust_store')
    }
    const response = await world.exchange(await world.mint(), {}, { loadTrust: down })
    expect(response.status).toBe(503)
    expect(response.headers).toHaveProperty('retry-after')
    expect(response.body).toMatchObject({ error: 'temporarily_unavailable' })
    expect(JSON.stringify(response)).not.toContain('trust_store')
    expect(world.recorded.slice(before)).toEqual([
      {
        event: 'decision',
        decisionId: response.body.decision_id,
        at: world.now(),
        outcome: 'unavailable',
        part: 'trust_store',
      },
    ])
  })

  it('gets 503 if a port fails later', async () => {
    const down = async () => {
      throw new Unavailable('trust_store')
    }
    const response = await world.exchange(await world.mint(), {}, { loadTrust: down })
    expect(response.status).toBe(503)
  })

  it('gets 503 if the keys of the issuer cannot be requested', async () => {
    const refreshKeys = async () => {
      throw new Unavailable('trust_store')
    }
    const loadTrust = async (at: number) => ({
      ...(await world.ports.loadTrust(at)),
      keys: new Map(),
    })
    const response = await world.exchange(await world.mint(), {}, { loadTrust, refreshKeys })
    expect(response.status).toBe(503)
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'unavailable', issuer: 'github' })
  })

  it('is refused for its own faults before the unavailable part is needed', async () => {
    const down = () => {
      throw new Unavailable('trust_store')
    }
    const response = await world.exchange('not a token', {}, { loadTrust: down })
    expect(response.status).toBe(400)
  })
})

describe('the signing key', () => {
  it('stops the exchange before any other step if it is missing', async () => {
    const findMint = createTokenMint({ keys: [] }, newTokenId)
    const response = await world.exchange('not even a token', {}, { findMint })
    expect(response.status).toBe(503)
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'unavailable', part: 'signing_key' })
  })

  it('is not replaced by one of another algorithm', async () => {
    const resource = 'https://other.example.com'
    const response = await world.exchange(await world.mint(), { resource })
    expect(response.status).toBe(503)
    expect(world.recorded.at(-1)).toMatchObject({
      outcome: 'unavailable',
      part: 'signing_key',
      rule: 'other',
    })
  })
})

describe('a bug', () => {
  it('in a port is neither an outage nor a denial', async () => {
    const loadTrust = () => {
      throw new TypeError('a bug')
    }
    await expect(world.exchange(await world.mint(), {}, { loadTrust })).rejects.toThrow('a bug')
  })
})
