import { beforeAll, describe, expect, it } from 'vitest'
import type { IssuerKeys } from '../../../src/core/keys/issuer-keys.ts'
import type { TrustView } from '../../../src/core/trust-view.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE } from '../../support/vectors.ts'

let world: CoreWorld
let view: TrustView
let known: IssuerKeys

beforeAll(async () => {
  world = await startCoreWorld()
  view = await world.ports.loadTrust(world.now())
  const [keys] = view.keys.values()
  if (keys === undefined) throw new Error('the world has no keys')
  known = keys
})

const mintUnderUnknownKey = () =>
  world.issuer.mint(
    { provider: 'github-actions', audience: AUDIENCE, header: { kid: 'new' } },
    'github',
  )

/**
 * Runs one exchange with these keys in memory and that answer of the store, and returns the
 * requests to the store.
 */
async function run(token: string, memory: IssuerKeys | undefined, answer?: IssuerKeys) {
  const asked: (readonly [issuer: string, keyId: string | undefined])[] = []
  const url = `${world.issuer.issuer}/github`
  const response = await world.exchange(
    token,
    {},
    {
      loadTrust: () => ({ ...view, keys: new Map(memory === undefined ? [] : [[url, memory]]) }),
      refreshKeys: async (issuer, keyId) => {
        asked.push([issuer.replace(world.issuer.issuer, ''), keyId])
        return answer
      },
    },
  )
  return { asked, status: response.status, reason: world.recorded.at(-1)?.reason }
}

describe('keys of the issuer', () => {
  it('NET-08 AV-17 are requested once if the kid is unknown, and never if it is known', async () => {
    expect((await run(await world.mint(), known)).asked).toEqual([])
    const { asked, status } = await run(await mintUnderUnknownKey(), known, known)
    expect(asked).toEqual([['/github', 'new']])
    expect(status).toBe(400)
    expect(world.recorded.at(-1)?.reason).toBe('key_unknown')
  })

  it('AV-17 that the store returns are used immediately', async () => {
    const { asked, status } = await run(await world.mint(), undefined, known)
    expect(asked).toHaveLength(1)
    expect(status).toBe(200)
    const empty = { keys: [], fetchedAt: world.now(), version: 1 }
    expect((await run(await world.mint(), empty, known)).status).toBe(200)
  })

  it('that are missing entirely make the issuer unavailable, not unknown', async () => {
    expect(await run(await mintUnderUnknownKey(), known)).toMatchObject({ status: 503 })
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'unavailable', part: 'issuer_keys' })
    expect(await run(await world.mint(), undefined)).toMatchObject({ status: 503 })
  })

  it('NET-14 that are too old are not used, from memory or from the store', async () => {
    const aged = (seconds: number) => ({ ...known, fetchedAt: world.now() - seconds })
    expect(await run(await world.mint(), aged(3630))).toMatchObject({ asked: [], status: 200 })
    const token = await world.mint()
    expect(await run(token, aged(3631), known)).toMatchObject({ status: 200 })
    expect(await run(token, aged(3631), aged(3631))).toMatchObject({ status: 503 })
    expect((await run(token, aged(3631), known)).asked).toHaveLength(1)
  })

  it('that were uploaded do not expire by age', async () => {
    const uploaded = { ...known, fetchedAt: null }
    expect(await run(await world.mint(), uploaded)).toMatchObject({ asked: [], status: 200 })
  })
})

describe('a token that no key can verify', () => {
  it('TOK-01 TOK-02 AV-12 causes no request for keys', async () => {
    const [, payload, signature] = (await world.mint()).split('.')
    for (const alg of ['none', 'None', 'nOnE', 'HS256', 'HS512', 'EdDSA', 'ES256', 'rs256', '']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: 'new' })).toString('base64url')
      const { asked, reason } = await run(`${header}.${payload}.${signature}`, undefined, known)
      expect([alg, reason, asked]).toEqual([alg, 'algorithm_not_allowed', []])
    }
  })

  it('TOK-04 TOK-05 WRK-10 causes no request by its issuer, form or header', async () => {
    const stranger = await world.issuer.mint(
      { provider: 'github-actions', audience: AUDIENCE },
      'stranger',
    )
    const withHeader = (header: Readonly<Record<string, unknown>>) =>
      world.issuer.mint({ provider: 'github-actions', audience: AUDIENCE, header }, 'github')
    const tokens = [
      stranger,
      'a.b.c',
      await withHeader({ jku: `${world.issuer.issuer}/evil/jwks`, kid: 'new' }),
      await withHeader({ kid: 'a\0b' }),
    ]
    // These tests have no network, so no key can be fetched.
    for (const token of tokens) expect((await run(token, known, known)).asked).toEqual([])
  })
})

describe('two issuers', () => {
  it('AV-19 KEY-10 cannot sign for each other with the same kid', async () => {
    const kid = known.keys.find(({ alg }) => alg === 'RS256')?.kid
    const forged = await world.issuer.mint(
      {
        provider: 'github-actions',
        audience: AUDIENCE,
        claims: { iss: `${world.issuer.issuer}/github` },
        header: { kid },
      },
      'evil',
    )
    expect(await run(forged, known)).toMatchObject({ status: 400, reason: 'signature_invalid' })
  })
})
