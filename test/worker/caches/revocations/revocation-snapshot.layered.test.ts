/** How an isolate with layers in front of the revocation log keeps what it has read. */
import { describe, expect, it } from 'vitest'
import { Unavailable } from '../../../../src/core/ports.ts'
import type { CoarseBound } from '../../../../src/protocol/revocations.ts'
import type { Published } from '../../../../src/worker/caches/revocations/published-revocations.ts'
import {
  REVOCATION_FRESH_MILLISECONDS,
  REVOCATION_REVALIDATE_MILLISECONDS,
} from '../../../../src/worker/limits.ts'
import { recentOf } from '../../../support/published-set.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { newTestReader } from '../../support/revocation-reader.ts'

const START = 1_800_000_000_000
const STOP: CoarseBound = {
  grain: 'rule',
  id: 'deploy',
  before: START / 1000 + 3600,
  expires_at: START / 1000 + 3600,
  stops: true,
}
const TOKEN = revocable('one', { client_id: 'deploy' })

function newWorld() {
  let at = START
  const state = {
    loads: 0,
    answer: pointerOf(1) as Published | undefined,
    confirmed: [] as string[],
    isConfirmed: true,
  }
  const nearest = {
    now: () => at,
    load: async () => {
      state.loads += 1
      return state.answer
    },
    confirm: async (jti: string, ask: () => Promise<boolean>) => {
      state.confirmed.push(jti)
      return state.isConfirmed || (await ask())
    },
  }
  const reader = newTestReader({ get: async () => null } as unknown as KVNamespace, {
    nearest,
    isRevoked: async () => false,
  })
  const behind: Promise<unknown>[] = []
  const load = async () => reader.load(Math.floor(at / 1000), (task) => behind.push(task))
  return {
    state,
    reader,
    load,
    isRevoked: async () => (await load()).isRevoked(TOKEN),
    settle: () => Promise.all(behind.splice(0)),
    pending: () => behind.length,
    wait: (milliseconds: number) => {
      at += milliseconds
    },
  }
}

function pointerOf(sequence: number, before: readonly CoarseBound[] = []): Published {
  const published_at = START / 1000
  return { v: 2, sequence, published_at, segments: [], recent: '', before }
}

describe('an isolate with layers', () => {
  it('makes no request wait while its revocations are young', async () => {
    const { state, reader, load, wait, settle } = newWorld()
    await load()
    wait(REVOCATION_FRESH_MILLISECONDS)
    const loaded = reader.load(START / 1000, () => undefined)
    expect(loaded).not.toBeInstanceOf(Promise)
    await settle()
    expect(state.loads).toBe(2)
  })

  it('reads them again behind a request, once for many requests', async () => {
    const { state, load, isRevoked, wait, settle } = newWorld()
    await load()
    state.answer = pointerOf(2, [STOP])
    wait(REVOCATION_FRESH_MILLISECONDS - 1)
    expect(await isRevoked()).toBe(false)
    expect(state.loads).toBe(1)
    wait(1)
    expect(await isRevoked()).toBe(false)
    expect(await isRevoked()).toBe(false)
    await settle()
    expect(state.loads).toBe(2)
    expect(await isRevoked()).toBe(true)
  })

  it('reads them before a request if it had none for a while', async () => {
    const { state, load, isRevoked, wait, pending } = newWorld()
    await load()
    state.answer = pointerOf(2, [STOP])
    wait(REVOCATION_REVALIDATE_MILLISECONDS)
    expect(await isRevoked()).toBe(true)
    expect(pending()).toBe(0)
  })

  it('reads them before a request after the clock was set back', async () => {
    const { state, load, isRevoked, wait } = newWorld()
    await load()
    state.answer = pointerOf(2, [STOP])
    wait(-60_000)
    expect(await isRevoked()).toBe(true)
  })

  it('REV-02 refuses to answer when nothing can be read any more', async () => {
    const { state, load, wait, settle } = newWorld()
    await load()
    state.answer = undefined
    wait(REVOCATION_FRESH_MILLISECONDS)
    expect((await load()).hasCoarse).toBe(false)
    await settle()
    wait(REVOCATION_REVALIDATE_MILLISECONDS)
    await expect(load()).rejects.toBeInstanceOf(Unavailable)
  })

  it('never goes back to an older pointer', async () => {
    const { state, isRevoked, wait } = newWorld()
    state.answer = pointerOf(5, [STOP])
    expect(await isRevoked()).toBe(true)
    state.answer = pointerOf(4)
    wait(REVOCATION_REVALIDATE_MILLISECONDS)
    expect(await isRevoked()).toBe(true)
  })

  it('finds the coarse revocations for an exchange, by name and by grain', async () => {
    const { state, load } = newWorld()
    expect(state.answer?.before).toEqual([])
    state.answer = pointerOf(1, [STOP, { ...STOP, grain: 'key', id: 'k1' }])
    const { hasCoarse, findCoarse } = await load()
    expect(hasCoarse).toBe(true)
    expect(await findCoarse([['rule', 'deploy']])).toEqual([STOP])
    expect(await findCoarse([['key', undefined]])).toMatchObject([{ id: 'k1' }])
    expect(await findCoarse([['rule', 'k1']])).toEqual([])
  })
})

describe('a refresh behind a request', () => {
  it('follows the last one as soon as its answer is not fresh', async () => {
    const { state, load, wait, settle } = newWorld()
    await load()
    for (const loads of [2, 3]) {
      wait(REVOCATION_FRESH_MILLISECONDS)
      await load()
      await settle()
      expect(state.loads).toBe(loads)
    }
  })

  it('NET-14 that was cancelled holds back no other after the clock was set back', async () => {
    const { state, load, wait } = newWorld()
    await load()
    const { answer } = state
    state.answer = new Promise(() => undefined) as never
    wait(REVOCATION_FRESH_MILLISECONDS)
    await load()
    state.answer = answer
    wait(-60_000)
    await load()
    wait(REVOCATION_FRESH_MILLISECONDS)
    await load()
    expect(state.loads).toBe(4)
  })
})

describe('a token of the published set', () => {
  it('is confirmed by the layers, and by the log only if they ask it', async () => {
    const { state, isRevoked, wait } = newWorld()
    state.answer = { ...pointerOf(1), recent: recentOf('one') } as Published
    expect(await isRevoked()).toBe(true)
    expect(state.confirmed).toEqual(['one'])
    const other = newWorld()
    other.state.answer = state.answer
    other.state.isConfirmed = false
    expect(await other.isRevoked()).toBe(false)
    expect(other.state.confirmed).toEqual(['one'])
    // The answer stays in the isolate.
    wait(REVOCATION_FRESH_MILLISECONDS)
    expect(await isRevoked()).toBe(true)
    expect(state.confirmed).toEqual(['one'])
  })

  it('is confirmed again after ten seconds, and not with each pointer that says the same', async () => {
    const { state, isRevoked, wait } = newWorld()
    state.answer = { ...pointerOf(2), recent: recentOf('one') } as Published
    state.isConfirmed = false
    expect(await isRevoked()).toBe(false)
    for (let pause = 0; pause < 2; pause += 1) {
      wait(REVOCATION_REVALIDATE_MILLISECONDS)
      expect(await isRevoked()).toBe(false)
    }
    expect(state.loads).toBe(3)
    expect(state.confirmed).toHaveLength(1)
    wait(REVOCATION_REVALIDATE_MILLISECONDS)
    await isRevoked()
    expect(state.confirmed).toHaveLength(2)
  })

  it('is confirmed again after ten seconds also if an older pointer came meanwhile', async () => {
    const { state, isRevoked, wait } = newWorld()
    const answer = { ...pointerOf(2), recent: recentOf('one') } as Published
    state.answer = answer
    state.isConfirmed = false
    await isRevoked()
    state.answer = pointerOf(1)
    wait(2 * REVOCATION_REVALIDATE_MILLISECONDS)
    expect(await isRevoked()).toBe(false)
    expect(state.confirmed).toHaveLength(1)
    state.answer = answer
    wait(REVOCATION_REVALIDATE_MILLISECONDS)
    await isRevoked()
    expect(state.confirmed).toHaveLength(2)
  })

  it('NET-14 is confirmed again after the clock was set back', async () => {
    const { state, isRevoked, wait } = newWorld()
    state.answer = { ...pointerOf(2), recent: recentOf('one') } as Published
    state.isConfirmed = false
    await isRevoked()
    wait(-60_000)
    await isRevoked()
    expect(state.confirmed).toHaveLength(2)
  })
})
