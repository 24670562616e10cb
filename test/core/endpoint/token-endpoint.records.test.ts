import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

describe('the record of a decision', () => {
  it('contains issuer, rule, resource, revision, token id and key id of a grant', async () => {
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
      keyId: world.keyRing.keys[0]?.keyId,
      expiresAt: world.now() + 600,
    })
  })

  it('contains the reason of a denial, and the claim that failed in each rule', async () => {
    await world.exchange(await world.mint({ ref: 'refs/heads/secret-project' }))
    expect(world.recorded.at(-1)).toMatchObject({
      outcome: 'denied',
      reason: 'no_rule_matched',
      issuer: 'github',
      considered: [
        { rule: 'deploy', outcome: 'condition_failed', claim: 'ref' },
        { rule: 'one-for-each-job', outcome: 'condition_failed', claim: 'ref' },
        { rule: 'stopped', outcome: 'condition_failed', claim: 'ref' },
      ],
    })
  })

  it('LOG contains no token and no value of a claim, for every outcome', async () => {
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

  it('contains the name of the claim at fault and not its value', async () => {
    await world.exchange(await world.mint({ repository_id: null }))
    expect(world.recorded.at(-1)).toEqual({
      event: 'decision',
      decisionId: expect.stringMatching(/^dec_[A-Za-z0-9_-]{22}$/),
      at: world.now(),
      outcome: 'denied',
      issuer: 'github',
      revision: 1,
      reason: 'claim_missing',
      fault: 'repository_id',
    })
  })

  it('LOG contains no issuer, rule or resource for an unverified token', async () => {
    const token = await world.mint()
    await world.exchange(token.replace(/\.(.)(?=[^.]*$)/, (_, c) => (c === 'A' ? '.B' : '.A')))
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'signature_invalid', issuer: 'github' })
    expect(world.recorded.at(-1)).not.toHaveProperty('resource')
    await world.exchange('a.b.c', { resource: 'https://canary.example.com', scope: 'canary' })
    expect(Object.keys(world.recorded.at(-1) ?? {}).toSorted()).toEqual(
      ['at', 'decisionId', 'event', 'fault', 'outcome', 'reason'].toSorted(),
    )
  })

  it('has a new id each time, which the caller gets too', async () => {
    const ids = new Set<unknown>()
    for (const token of ['a.b.c', 'a.b.c', await world.mint()]) {
      const { body } = await world.exchange(token)
      expect(body.decision_id).toBe(world.recorded.at(-1)?.decisionId)
      ids.add(body.decision_id)
    }
    expect(ids.size).toBe(3)
  })
})
