import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

describe('a client id', () => {
  it('LOG-03 is logged only as a hash', async () => {
    const client_id = 'https://client.example.com/deploy'
    const { status } = await world.exchange(await world.mint(), { client_id })
    expect(status).toBe(200)
    const event = world.recorded.at(-1)
    const hash = createHash('sha256').update(client_id).digest('hex').slice(0, 16)
    expect(event).toMatchObject({ outcome: 'granted', clientHint: hash })
    expect(JSON.stringify(event)).not.toContain('client.example.com')
  })

  it('LOG-03 is logged for a denial too, and grants nothing', async () => {
    const token = await world.mint({ ref: 'refs/heads/feature' })
    const named = await world.exchange(token, { client_id: 'deploy-api' })
    expect(world.recorded.at(-1)).toMatchObject({
      reason: 'no_rule_matched',
      clientHint: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    const unnamed = await world.exchange(token)
    expect(world.recorded.at(-1)).not.toHaveProperty('clientHint')
    expect({ ...named.body, decision_id: '' }).toEqual({ ...unnamed.body, decision_id: '' })
  })
})
