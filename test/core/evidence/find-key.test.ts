import { beforeAll, describe, expect, it } from 'vitest'
import type { IssuerKeys } from '../../../src/core/keys/issuer-keys.ts'
import type { TrustView } from '../../../src/core/trust-view.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'

let world: CoreWorld
let view: TrustView
let known: IssuerKeys
let replaced: IssuerKeys

beforeAll(async () => {
  world = await startCoreWorld()
  view = await world.ports.loadTrust(world.now())
  const [keys] = view.keys.values()
  if (keys === undefined) throw new Error('the world has no keys')
  // The keys that the issuer published before, with the same kids.
  const old = await startCoreWorld()
  const [before] = (await old.ports.loadTrust(world.now())).keys.values()
  const byAlgorithm = new Map(before?.keys.map((key) => [key.alg, key]))
  const renamed = keys.keys.map((key) => ({ ...byAlgorithm.get(key.alg), ...nameOf(key.kid) }))
  known = { keys: renamed as IssuerKeys['keys'], fetchedAt: world.now(), version: 1 }
  replaced = { ...keys, version: 2 }
})

const nameOf = (kid: string | undefined) => (kid === undefined ? {} : { kid })

async function run(token: string, memory: IssuerKeys, answer?: IssuerKeys) {
  const asked: unknown[] = []
  const response = await world.exchange(
    token,
    {},
    {
      loadTrust: () => ({ ...view, keys: new Map([[`${world.issuer.issuer}/github`, memory]]) }),
      refreshKeys: async (_, keyId, rejected) => {
        asked.push({ keyId, rejected })
        return answer
      },
    },
  )
  return { asked, status: response.status, reason: world.recorded.at(-1)?.reason }
}

describe('a new key under an old kid', () => {
  it('is requested once, with the rejected version, and the token is accepted', async () => {
    const token = await world.mint()
    const [{ kid: keyId } = { kid: undefined }] = known.keys.filter(({ alg }) => alg === 'RS256')
    expect(await run(token, known, replaced)).toEqual({
      asked: [{ keyId, rejected: 1 }],
      status: 200,
      reason: undefined,
    })
  })

  it.each([
    ['the set is the same', () => known],
    ['the issuer has no keys', () => undefined],
    ['the newer set is too old', () => ({ ...replaced, fetchedAt: world.now() - 4000 })],
  ])('does not change the denial if %s', async (_, answer) => {
    const { asked, reason } = await run(await world.mint(), known, answer())
    expect([asked.length, reason]).toEqual([1, 'signature_invalid'])
  })

  it('NET-08 is not requested for a token that is refused for another reason', async () => {
    const token = await world.mint({ exp: world.now() - 3600 })
    expect(await run(token, { ...replaced, version: 1 }, replaced)).toEqual({
      asked: [],
      status: 400,
      reason: 'token_expired',
    })
  })

  it('is not requested twice by one request', async () => {
    const empty = { keys: [], fetchedAt: world.now(), version: 0 }
    const { asked, reason } = await run(await world.mint(), empty, known)
    expect([asked.length, reason]).toEqual([1, 'signature_invalid'])
  })
})

describe('an issuer without a usable key', () => {
  it('leads to a denial', async () => {
    const empty = { keys: [], fetchedAt: world.now(), version: -1 }
    expect(await run(await world.mint(), empty, empty)).toMatchObject({
      status: 400,
      reason: 'issuer_keys_unusable',
    })
  })

  it('NET-09 is unavailable if the last fetch is too long ago', async () => {
    const empty = { keys: [], fetchedAt: world.now() - 4000, version: -1 }
    expect(await run(await world.mint(), empty, empty)).toMatchObject({ status: 503 })
  })
})
