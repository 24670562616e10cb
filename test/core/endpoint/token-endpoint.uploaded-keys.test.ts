import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { vectorTrust } from '../../support/vectors.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

/** The same issuer with its keys in the document, trusted for this many seconds from now. */
async function statusWith(
  seconds: number | undefined,
): Promise<readonly [number, string | undefined]> {
  const url = `${world.issuer.issuer}/github`
  const jwks = await world.issuer.keySet('github')
  const end =
    seconds === undefined
      ? {}
      : { expires: new Date((world.now() + seconds) * 1000).toISOString().replace('.000', '') }
  const base = vectorTrust(url)
  const github = { ...base.issuers.github, keys: { jwks, ...end } }
  const own = await startCoreWorld(() => ({ ...base, issuers: { ...base.issuers, github } }))
  const { status } = await own.exchange(await world.mint(), {}, { clock: world.now })
  return [status, own.recorded.at(-1)?.part]
}

describe('keys in the document', () => {
  it.each([
    ['without an end', undefined],
    ['in the last second before their end', 1],
  ])('verify tokens %s', async (_, seconds) => {
    expect(await statusWith(seconds)).toEqual([200, undefined])
  })

  it.each([
    ['at their end', 0],
    ['after their end', -86_400],
  ])('do not verify tokens %s: 503, as for keys that are too old', async (_, seconds) => {
    expect(await statusWith(seconds)).toEqual([503, 'issuer_keys'])
  })
})
