/** An unreachable issuer does not stop callers, and a rotated key costs one fetch. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

function behave(how: string): Promise<Response> {
  return fetch(`${world.issuer.issuer}/github/behave`, {
    method: 'POST',
    body: JSON.stringify({ discovery: how, jwks: how }),
  })
}

describe('an issuer', () => {
  it('stops no caller when it fails after the first exchange', async () => {
    expect((await world.exchange(await world.mint())).status).toBe(200)
    await behave('down')
    for (let round = 0; round < 20; round += 1) {
      expect((await world.exchange(await world.mint())).status).toBe(200)
    }
    await behave('normal')
  })

  it('NET-08 gets one key request after a rotation, however many tokens arrive at once', async () => {
    expect((await world.exchange(await world.mint())).status).toBe(200)
    const before = world.issuer.requests('github')
    await world.issuer.rotate('github')
    const tokens = await Promise.all(Array.from({ length: 100 }, () => world.mint()))
    const responses = await Promise.all(tokens.map((token) => world.exchange(token)))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(world.issuer.requests('github')).toEqual({
      discovery: before.discovery + 1,
      jwks: before.jwks + 1,
    })
  })
})
