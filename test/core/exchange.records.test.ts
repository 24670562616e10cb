import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Unavailable } from '../../src/core/ports.ts'
import { type CoreWorld, startCoreWorld } from '../support/core-world.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})
afterAll(() => world.close())

describe('the record of a decision', () => {
  it('names issuer, rule, resource, revision, token and key of a grant', async () => {
    const { body } = await world.exchange(await world.mint())
    const event = world.recorded.at(-1)
    expect(event).toEqual({
      event: 'decision',
      decisionId: 'decision_id' in body ? body.decision_id : undefined,
      at: world.now(),
      outcome: 'granted',
      issuer: 'github',
      rule: 'deploy',
      resource: 'https://api.example.com',
      revision: 1,
      scope: 'deploy:read deploy:write',
      tokenId: expect.any(String),
      keyId: world.ports.keyRing.keys[0]?.keyId,
      expiresAt: world.now() + 600,
    })
  })

  it('names the reason of a denial, and the claim that failed in each rule looked at', async () => {
    await world.exchange(await world.mint({ ref: 'refs/heads/secret-project' }))
    expect(world.recorded.at(-1)).toMatchObject({
      outcome: 'denied',
      reason: 'no_rule_matched',
      issuer: 'github',
      considered: [{ rule: 'deploy', outcome: 'condition_failed', claim: 'ref' }],
    })
  })

  it('LOG holds no token and no value of a claim, whatever happened', async () => {
    const canary = 'canary-value'
    const tokens = [
      await world.mint({ ref: canary, workflow: canary, actor: canary }),
      await world.mint({ sub: `repo:${canary}`, workflow: canary }),
      `${canary}.${canary}.${canary}`,
    ]
    const before = world.recorded.length
    for (const token of tokens) await world.exchange(token, { rule: canary })
    const text = JSON.stringify(world.recorded.slice(before))
    expect(world.recorded.length - before).toBe(tokens.length)
    expect(text).not.toContain(canary)
    for (const token of tokens) expect(text).not.toContain(token.split('.')[2])
  })

  it('is written once for an outage too, with the part that is down', async () => {
    const before = world.recorded.length
    const down = () => {
      throw new Unavailable('trust_store')
    }
    const response = await world.exchange(await world.mint(), {}, { loadTrust: down })
    expect(response.status).toBe(503)
    expect(response.headers).toHaveProperty('retry-after')
    expect(world.recorded.slice(before)).toMatchObject([
      { outcome: 'unavailable', part: 'trust_store' },
    ])
  })
})

describe('keys of the issuer', () => {
  const unknownKey = () =>
    world.issuer.mint(
      {
        provider: 'github-actions',
        audience: 'https://sts.example.com',
        header: { kid: 'new' },
      },
      'github',
    )

  it('NET-08 are asked for once when the kid is unknown, and never when it is known', async () => {
    const asked: (string | undefined)[] = []
    const refreshKeys = async (_: string, keyId?: string) => {
      asked.push(keyId)
      return undefined
    }
    await world.exchange(await world.mint(), {}, { refreshKeys })
    expect(asked).toEqual([])
    await world.exchange(await unknownKey(), {}, { refreshKeys })
    expect(asked).toEqual(['new'])
  })

  it('that are gone altogether make the issuer unavailable, not unknown', async () => {
    const refreshKeys = async () => undefined
    const response = await world.exchange(await unknownKey(), {}, { refreshKeys })
    expect(response.status).toBe(503)
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'unavailable', part: 'issuer_keys' })
  })

  it('NET-14 older than the bound are not used, wherever they come from', async () => {
    const later = world.now() + 3700
    const token = await world.mint({ iat: later, nbf: later, exp: later + 300 })
    const response = await world.exchange(token, {}, { clock: () => later })
    expect(response.status).toBe(503)
  })

  it('a bug in a port is not mistaken for an outage', async () => {
    const loadTrust = () => {
      throw new TypeError('a bug')
    }
    await expect(world.exchange(await world.mint(), {}, { loadTrust })).rejects.toThrow('a bug')
  })
})

describe('the signing key', () => {
  it('that is missing stops the exchange before anything else', async () => {
    const keyRing = { keys: [] }
    const response = await world.exchange('not even a token', {}, { keyRing })
    expect(response.status).toBe(503)
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'unavailable', part: 'signing_key' })
  })
})
