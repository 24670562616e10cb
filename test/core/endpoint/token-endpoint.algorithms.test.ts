import { beforeAll, describe, expect, it } from 'vitest'
import { findProvider } from '../../../src/core/providers/index.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE } from '../../support/vectors.ts'

const API = 'https://api.example.com'
const PROVIDERS = ['vault-identity', 'jenkins', 'auth0', 'concourse', 'kubernetes'] as const

let world: CoreWorld

beforeAll(async () => {
  const trust = (url: string) => ({
    version: 1,
    issuers: Object.fromEntries(
      PROVIDERS.map((provider) => [
        provider,
        { provider, issuer: url.replace('/github', `/${provider}`) },
      ]),
    ),
    resources: { [API]: { scopes: ['read'] } },
    rules: PROVIDERS.map((from) => ({
      name: from,
      owner: 'platform@example.com',
      expires: '2099-12-31',
      from,
      when: { sub: { exists: true } },
      grant: { resource: API, scopes: ['read'] },
    })),
  })
  world = await startCoreWorld(trust, { sharesKeys: true })
})

/** Returns the outcome for a token of this provider that is signed with this algorithm. */
async function outcome(provider: string, algorithm: string, header = {}): Promise<string> {
  const request = { provider, audience: AUDIENCE, algorithm, header }
  const token = await world.issuer.mint(request, provider)
  const url = `${world.issuer.issuer}/${provider}`
  const view = await world.ports.loadTrust(world.now())
  const known = await world.fetchKeys(url)
  const { status } = await world.exchange(
    token,
    {},
    { loadTrust: () => ({ ...view, keys: new Map([[url, known]]) }) },
  )
  return status === 200 ? 'granted' : (world.recorded.at(-1)?.reason ?? String(status))
}

describe('a token of an issuer whose operator chooses the algorithm', () => {
  const offered = PROVIDERS.flatMap((provider) =>
    (findProvider(provider)?.algorithms ?? []).map((algorithm) => [provider, algorithm] as const),
  )
  it('has several allowed algorithms', () => {
    expect(offered.length).toBeGreaterThan(PROVIDERS.length * 2)
  })

  it.each(offered)('is accepted: %s with %s', async (provider, algorithm) => {
    expect(await outcome(provider, algorithm)).toBe('granted')
  })

  it('may have typ at+jwt only if the platform issues such access tokens', async () => {
    expect(await outcome('auth0', 'RS256', { typ: 'at+jwt' })).toBe('granted')
    expect(await outcome('jenkins', 'RS256', { typ: 'at+jwt' })).toBe('token_kind_not_accepted')
  })

  it.each([
    ['vault-identity', 'PS256'],
    ['jenkins', 'PS256'],
    ['auth0', 'ES256'],
    ['concourse', 'ES384'],
    ['kubernetes', 'RS384'],
  ])(
    'TOK-02 is refused with an algorithm that the platform does not offer: %s with %s',
    async (provider, algorithm) => {
      expect(await outcome(provider, algorithm)).toBe('algorithm_not_allowed')
    },
  )
})
