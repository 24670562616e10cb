import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RenderedResponse } from '../../../src/core/endpoint/render.ts'
import { publishedKeys } from '../../../src/core/tokens/keyring.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { exchangeForm, vectorTrust } from '../../support/vectors.ts'

const API = 'https://api.example.com'
let world: CoreWorld

function trust(issuerUrl: string) {
  const base = vectorTrust(issuerUrl)
  const rules = base.rules.map((rule) =>
    rule.name === 'deploy' && 'grant' in rule
      ? {
          ...rule,
          grant: {
            ...rule.grant,
            lifetime: '5m',
            subject: 'github:{repository_id}:{environment}',
            claims: {
              repository: '{repository}',
              run: '{run_id}/{run_attempt}',
              hash: '{sha|sha256}',
            },
          },
        }
      : rule,
  )
  return { ...base, rules }
}

beforeAll(async () => {
  world = await startCoreWorld(trust)
})

async function claimsOf({ body }: RenderedResponse) {
  const token = 'access_token' in body ? body.access_token : ''
  const keySet = createLocalJWKSet({
    keys: [...publishedKeys(world.keyRing, world.now(), 60)],
  })
  return (await jwtVerify(token, keySet, { audience: API, typ: 'at+jwt' })).payload
}

describe('an issued token', () => {
  it('IT has the subject and the claims of the rule', async () => {
    const claims = await claimsOf(await world.exchange(await world.mint()))
    expect(claims).toMatchObject({
      sub: 'github:456789012:production',
      repository: 'acme/api',
      run: '9000000001/1',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('IT-18 copies no other claim of the subject token', async () => {
    const signIn = { acr: 'gold', amr: ['mfa'], auth_time: world.now() }
    const token = await world.mint({ actor: 'octocat', ...signIn })
    const claims = await claimsOf(await world.exchange(token))
    expect(Object.keys(claims).toSorted()).toEqual(
      'aud client_id exp hash iat iss jti origin repository rev run scope sub'.split(' '),
    )
  })

  it('has the lifetime of the rule, or a shorter one on request', async () => {
    const lifetimeOf = async (expiresIn?: string) => {
      const change: Record<string, string> =
        expiresIn === undefined ? {} : { expires_in: expiresIn }
      const response = await world.exchange(await world.mint(), change)
      const { exp = 0, iat = 0 } = await claimsOf(response)
      expect(response.body).toMatchObject({ expires_in: exp - iat })
      return exp - iat
    }
    expect(await lifetimeOf()).toBe(300)
    expect(await lifetimeOf('60')).toBe(60)
    expect(await lifetimeOf('86400')).toBe(300)
  })

  it('may outlive the subject token', async () => {
    const token = await world.issuer.mint(
      { provider: 'github-actions', audience: 'https://sts.example.com', lifetimeSeconds: 10 },
      'github',
    )
    const { exp } = await claimsOf(await world.exchange(token))
    expect(exp).toBe(world.now() + 300)
  })

  it('TE-23 has an iat from when it is issued, not from when the request arrived', async () => {
    let readings = 0
    const clock = () => world.now() + 2 * readings++
    const { iat, exp } = await claimsOf(await world.exchange(await world.mint(), {}, { clock }))
    expect([iat, exp]).toEqual([world.now() + 2, world.now() + 302])
    expect(world.recorded.at(-1)?.at).toBe(world.now())
    expect(readings).toBe(2)
  })

  it('TE-22 EXC-04 has the requested scopes, each once, or all scopes of the rule', async () => {
    const scopeOf = async (change: Record<string, string>) => {
      const response = await world.exchange(await world.mint(), change)
      const { scope } = await claimsOf(response)
      expect(response.body).toMatchObject({ scope })
      return scope
    }
    expect(await scopeOf({})).toBe('deploy:read deploy:write')
    expect(await scopeOf({ scope: 'deploy:read' })).toBe('deploy:read')
    expect(await scopeOf({ scope: 'deploy:write deploy:read deploy:write' })).toBe(
      'deploy:write deploy:read',
    )
  })

  it('TE-08 IT-07 is for the audience if the request names one', async () => {
    const change = { audience: API, resource: '' }
    expect((await claimsOf(await world.exchange(await world.mint(), change))).aud).toBe(API)
  })

  it('EXC-06 has at most the lifetime of the deployment, whatever rule and resource allow', async () => {
    const settings = { maxTokenLifetimeSeconds: 45 }
    const { body } = await world.send(exchangeForm(await world.mint()), { settings })
    expect(body).toMatchObject({ expires_in: 45 })
  })

  it('EXC-07 is not accepted as a subject token', async () => {
    const { body } = await world.exchange(await world.mint())
    const own = 'access_token' in body ? body.access_token : ''
    const response = await world.exchange(own)
    expect(response.status).toBe(400)
    expect(world.recorded.at(-1)?.reason).toBe('issuer_not_trusted')
  })
})
