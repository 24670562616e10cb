import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { vectorTrust } from '../../support/vectors.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

/** The same issuer with its keys in the document, trusted for this many days from now. */
async function statusWith(
  days: number | undefined,
): Promise<readonly [number, string | undefined]> {
  const url = `${world.issuer.issuer}/github`
  const jwks = await world.issuer.keySet('github')
  const end =
    days === undefined
      ? {}
      : { expires: new Date((world.now() + days * 86_400) * 1000).toISOString().slice(0, 10) }
  const base = vectorTrust(url)
  const github = { ...base.issuers.github, keys: { jwks, ...end } }
  const own = await startCoreWorld(() => ({ ...base, issuers: { ...base.issuers, github } }))
  const { status } = await own.exchange(await world.mint())
  return [status, own.recorded.at(-1)?.part]
}

describe('keys in the document', () => {
  it.each([
    ['without an end', undefined],
    ['before their end', 2],
  ])('verify tokens %s', async (_, days) => {
    expect(await statusWith(days)).toEqual([200, undefined])
  })

  it('do not verify tokens after their end: 503, as for keys that are too old', async () => {
    expect(await statusWith(-2)).toEqual([503, 'issuer_keys'])
  })
})
