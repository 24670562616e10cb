/**
 * A single-use token is exchanged once: over HTTP, with a hundred callers at once, and across
 * SIGKILL. A new state has one object for all marks; a state of an earlier release keeps its many.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { STORED_TABLES } from '../../src/dev/serve/stored-tables.ts'
import { startWorld, trustDocument, type World } from './support/world.ts'

/** As 0.2.0 wrote it: nothing in it says that one object has all marks. */
const EARLIER = {
  'state-version.json': JSON.stringify({ release: '0.2.0', tables: STORED_TABLES }),
}

/** Without `replay` in the rule, the GitHub profile allows one exchange per token. */
function documentOf(issuerUrl: string): object {
  const document = trustDocument(issuerUrl)
  const rules = document.rules.map(({ grant: { replay: _, ...grant }, ...rule }) => ({
    ...rule,
    grant,
  }))
  return { ...document, rules }
}

function countLedgers({ stateDir }: World): number {
  const files = readdirSync(join(stateDir, 'objects/do/edgemint-ReplayLedger'))
  return files.filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file)).length
}

async function statuses(world: World, token: string, times: number): Promise<readonly number[]> {
  const responses = await Promise.all(Array.from({ length: times }, () => world.exchange(token)))
  await Promise.all(responses.map((response) => response.arrayBuffer()))
  return responses.map(({ status }) => status)
}

describe.each([
  ['of a new state', {}],
  ['of an earlier release', EARLIER],
])('a gateway that accepts each subject token once, %s', (_case, earlier) => {
  let world: World

  beforeAll(async () => {
    world = await startWorld(undefined, documentOf, earlier)
  })
  afterAll(() => world.close())

  it('REP-01 TE-41 grants one of a hundred presentations over HTTP', async () => {
    const all = await statuses(world, await world.mint(), 100)
    expect(all.filter((status) => status === 200)).toHaveLength(1)
    expect(all.filter((status) => status === 400)).toHaveLength(99)
  })

  it('REP-03 grants a token without a jti once', async () => {
    const token = await world.mint({ claims: { jti: null } })
    expect((await statuses(world, token, 20)).filter((status) => status === 200)).toHaveLength(1)
  })

  it('REP-01 REP-02 remembers every acknowledged use after it is killed', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => world.mint()))
    for (const token of tokens) expect(await statuses(world, token, 1)).toEqual([200])
    await world.restart('SIGKILL')
    for (const token of tokens) expect(await statuses(world, token, 1)).toEqual([400])
    expect(await statuses(world, await world.mint(), 1)).toEqual([200])
    if (earlier === EARLIER) expect(countLedgers(world)).toBeGreaterThan(1)
    else expect(countLedgers(world)).toBe(1)
  })
})
