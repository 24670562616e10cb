import { beforeAll, describe, expect, it } from 'vitest'
import type { RenderedResponse } from '../../../src/core/endpoint/render.ts'
import type { TrustView } from '../../../src/core/trust-view.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE, vectorTrust } from '../../support/vectors.ts'

const DAY = 24 * 3600
const TODAY = new Date().toISOString().slice(0, 10)
const API = 'https://api.example.com'
let world: CoreWorld

/** Adds a rule that ends today, for another branch than the others. */
function trust(issuerUrl: string) {
  const base = vectorTrust(issuerUrl)
  const ending = {
    name: 'ending',
    owner: 'platform@example.com',
    expires: TODAY,
    from: 'github',
    when: { repository_owner_id: '1234567', ref: 'refs/heads/ending' },
    grant: { resource: API, scopes: ['deploy:read'] },
  }
  return { ...base, rules: [...base.rules, ending] }
}

beforeAll(async () => {
  world = await startCoreWorld(trust)
})

/** All that the caller can see, except the decision id. */
const seen = ({ status, headers, body }: RenderedResponse) =>
  JSON.stringify({ status, headers, body: { ...body, decision_id: '' } })

const reason = () => world.recorded.at(-1)?.reason

describe('a caller without a genuine token', () => {
  it('EXC-10 gets the same answer, byte for byte, for every fault of the token', async () => {
    const good = await world.mint()
    const header = (change: Readonly<Record<string, unknown>>) =>
      world.issuer.mint(
        { provider: 'github-actions', audience: AUDIENCE, header: change },
        'github',
      )
    const [head = '', payload = ''] = good.split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const answers = new Map<string, string | undefined>()
    for (const token of [
      'text',
      'x'.repeat(17_000),
      `${none}.${payload}.AAAA`,
      `${head}.${payload}.AAAA`,
      await header({ kid: 'nobody' }),
      await header({ jwk: { kty: 'RSA' } }),
    ]) {
      answers.set(seen(await world.exchange(token)), reason())
    }
    expect([...answers.values()]).toHaveLength(1)
  })
})

describe('a caller with a genuine token', () => {
  it('EXC-10 of another organisation gets the same answer for all rules', async () => {
    const stranger = { repository_owner_id: '666', repository_id: '667' }
    const answers = new Set<string>()
    for (const claims of [
      stranger,
      { ...stranger, ref: 'refs/heads/ending' },
      { ...stranger, runner_environment: 'self-hosted' },
      { ...stranger, environment: null },
    ]) {
      const response = await world.exchange(await world.mint(claims))
      expect(response.body).not.toHaveProperty('explanation')
      answers.add(seen(response))
    }
    expect(answers.size).toBe(1)
  })

  it('of the same organisation gets the condition that failed and the value that it presented', async () => {
    const response = await world.exchange(await world.mint({ ref: 'refs/heads/feature' }))
    expect(response.body).toMatchObject({
      explanation: expect.arrayContaining([
        expect.objectContaining({
          rule: 'deploy',
          outcome: 'condition_failed',
          conditions: expect.arrayContaining([
            {
              claim: 'ref',
              holds: false,
              expected: '"refs/heads/main"',
              presented: '"refs/heads/feature"',
            },
          ]),
        }),
      ]),
    })
  })

  it('EXC-11 gets an answer without text of its request', async () => {
    const canary = '<canary>'
    const change = { rule: canary, scope: canary, unknown: canary, resource: `urn:x:${canary}` }
    const stranger = await world.mint({ repository_owner_id: '666', ref: canary })
    for (const token of [stranger, canary]) {
      expect(seen(await world.exchange(token, change))).not.toContain('canary')
    }
  })
})

describe('a rule that ends', () => {
  const exchangeAt = async (at: number) => {
    const view = await world.ports.loadTrust(world.now())
    const keys = new Map([...view.keys].map(([url, known]) => [url, { ...known, fetchedAt: at }]))
    const times = { iat: at, nbf: at, exp: at + 300 }
    const token = await world.mint({ ref: 'refs/heads/ending', ...times })
    const ports = { clock: () => at, loadTrust: (): TrustView => ({ ...view, keys }) }
    return (await world.exchange(token, {}, ports)).status
  }

  it('allows until the end of its last day, to the second', async () => {
    const end = Date.parse(TODAY) / 1000 + DAY
    expect(await exchangeAt(end - 1)).toBe(200)
    expect(await exchangeAt(end)).toBe(400)
    expect(world.recorded.at(-1)).toMatchObject({
      reason: 'no_rule_matched',
      considered: expect.arrayContaining([{ rule: 'ending', outcome: 'expired' }]),
    })
  })
})

describe('a request beyond a rule', () => {
  it('EXC-04 is refused whole if one scope exceeds the rule, in any spelling', async () => {
    for (const scope of [
      'deploy:read deploy:admin',
      'deploy:read Deploy:Write',
      '*',
      'deploy:*',
      'deploy:read,deploy:write',
    ]) {
      const { body } = await world.exchange(await world.mint(), { scope })
      expect(body).toMatchObject({ error: 'invalid_scope' })
      expect(reason()).toBe('scope_not_granted')
    }
  })

  it('EXC-05 is refused if the resource only resembles a known one', async () => {
    for (const resource of [
      `${API}//`,
      `${API}:8443`,
      `${API}?`,
      'http://api.example.com',
      'https://api.example.com.evil.example',
      'https://api.example.co',
    ]) {
      await world.exchange(await world.mint(), { resource })
      expect(reason()).toBe('resource_unknown')
    }
  })

  it('EXC-05 is refused if the named rule is for another resource', async () => {
    await world.exchange(await world.mint(), { rule: 'other' })
    expect(reason()).toBe('no_rule_matched')
    await world.exchange(await world.mint(), { rule: 'nobody' })
    expect(reason()).toBe('no_rule_matched')
  })

  it('EXC-05 is refused for the admin API unless the deploy-time policy allows it', async () => {
    const wish = { resource: AUDIENCE, scope: 'trust:write' }
    await world.exchange(await world.mint(), wish)
    expect(reason()).toBe('issuer_not_trusted')
    const view = await world.ports.loadTrust(world.now())
    // This policy names the issuer and has no rule.
    const issuers = view.document?.issuers ?? new Map()
    const policy = { issuers, resources: new Map(), targets: new Map(), rules: [] }
    await world.exchange(await world.mint(), wish, { loadTrust: () => ({ ...view, policy }) })
    expect(reason()).toBe('resource_unknown')
  })

  it('EXC-05 is refused for other resources if only the deploy-time policy allows it', async () => {
    const view = await world.ports.loadTrust(world.now())
    const loadTrust = (): TrustView => ({
      ...view,
      policy: view.document ?? view.policy,
      document: { issuers: new Map(), resources: new Map(), targets: new Map(), rules: [] },
    })
    await world.exchange(await world.mint(), {}, { loadTrust })
    expect(reason()).toBe('issuer_not_trusted')
  })
})
