/**
 * A single-use token is exchanged once: over HTTP, with a hundred callers at once, and across
 * SIGKILL.
 */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, trustDocument, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
  const document = trustDocument(`${world.issuer.issuer}`)
  const rules = document.rules.map(({ grant: { replay: _, ...grant }, ...rule }) => ({
    ...rule,
    grant,
  }))
  // Without `replay` in the rule, the GitHub profile allows one exchange per token.
  writeFileSync(world.trustFile, JSON.stringify({ ...document, rules }))
  await world.restart('SIGTERM', ['--trust', world.trustFile])
})
afterAll(() => world.close())

async function statuses(token: string, times: number): Promise<readonly number[]> {
  const responses = await Promise.all(Array.from({ length: times }, () => world.exchange(token)))
  await Promise.all(responses.map((response) => response.arrayBuffer()))
  return responses.map(({ status }) => status)
}

describe('a gateway that accepts each subject token once', () => {
  it('REP-01 TE-41 grants one of a hundred presentations over HTTP', async () => {
    const all = await statuses(await world.mint(), 100)
    expect(all.filter((status) => status === 200)).toHaveLength(1)
    expect(all.filter((status) => status === 400)).toHaveLength(99)
  })

  it('REP-03 grants a token without a jti once', async () => {
    const token = await world.mint({ claims: { jti: null } })
    expect((await statuses(token, 20)).filter((status) => status === 200)).toHaveLength(1)
  })

  it('REP-01 REP-02 remembers every acknowledged use after it is killed', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => world.mint()))
    for (const token of tokens) expect(await statuses(token, 1)).toEqual([200])
    await world.restart('SIGKILL')
    for (const token of tokens) expect(await statuses(token, 1)).toEqual([400])
    expect(await statuses(await world.mint(), 1)).toEqual([200])
  })
})
