/** NET-08: questions about missing keys are answered by the reader of the region. */
import { describe, expect, it } from 'vitest'
import { KEY_COOLDOWN_SECONDS } from '../../../src/core/limits.ts'
import { newLayeredWorld } from '../support/layered-world.ts'

async function startedWorld() {
  const world = await newLayeredWorld()
  await world.store.refreshKeys(world.url)
  return world
}

describe('an unknown key id', () => {
  it('causes one question to the store in a region, whatever the number of isolates', async () => {
    const world = await startedWorld()
    const isolates = Array.from({ length: 20 }, () => world.newIsolate())
    for (const isolate of isolates) await isolate.load()
    for (const [index, { reader }] of isolates.entries()) {
      const keys = await reader.refreshKeys(world.url, `invented-${index}`)
      expect(keys?.keys).toHaveLength(2)
    }
    expect(world.calls).toMatchObject({ questions: 1, direct: 0 })
    // The first question reached the store. The others are counted by issuer.
    const refused = isolates.map(({ reader }) => reader.takeRefused())
    expect(refused).toEqual([{}, ...Array.from({ length: 19 }, () => ({ [world.url]: 1 }))])
  })

  it('is asked again after the cool-down', async () => {
    const world = await startedWorld()
    const isolates = [world.newIsolate(), world.newIsolate()]
    for (const { reader } of isolates) await reader.refreshKeys(world.url, 'invented')
    expect(world.calls.questions).toBe(1)
    world.wait(KEY_COOLDOWN_SECONDS)
    for (const { reader } of isolates) await reader.refreshKeys(world.url, 'invented')
    expect(world.calls.questions).toBe(2)
  })

  it('NET-14 is asked again after the clock of the reader was set back', async () => {
    const world = await startedWorld()
    await world.regionReader.refreshKeys(world.url, 'invented')
    world.wait(-3600)
    await world.regionReader.refreshKeys(world.url, 'invented')
    expect(world.calls.questions).toBe(2)
  })

  it('is asked at the store if the reader fails', async () => {
    const world = await startedWorld()
    const isolate = world.newIsolate()
    await isolate.load()
    world.states.region = 'cut'
    expect((await isolate.reader.refreshKeys(world.url, 'invented'))?.keys).toHaveLength(2)
    expect(world.calls).toMatchObject({ questions: 0, direct: 1 })
    expect(isolate.skipped()).toEqual({ region: { unreachable: 1 } })
  })

  it('costs at most ten questions in a second for all issuers', async () => {
    const world = await startedWorld()
    const ask = (index: number) =>
      world.regionReader.refreshKeys(`https://issuer-${index}.test`, 'invented')
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => ask(index)))
    expect(world.calls.questions).toBe(10)
    // The store has no keys of these issuers.
    expect(answers.filter((answer) => answer === null)).toHaveLength(10)
    expect(answers.filter((answer) => answer?.quietSeconds === 1)).toHaveLength(20)
    world.wait(1)
    expect(await ask(40)).toBeNull()
  })

  it('costs one question for simultaneous tokens of an issuer', async () => {
    const world = await startedWorld()
    const ask = (index: number) => world.regionReader.refreshKeys(world.url, `invented-${index}`)
    await Promise.all(Array.from({ length: 30 }, (_, index) => ask(index)))
    expect(world.calls.questions).toBe(1)
  })
})

describe('a key that the store has', () => {
  it('is answered by the reader during the cool-down', async () => {
    const world = await startedWorld()
    await world.regionReader.pointer()
    await world.regionReader.refreshKeys(world.url, 'invented')
    const [kid] = (await world.store.refreshKeys(world.url))?.keys.map((key) => key.kid) ?? []
    const answer = await world.regionReader.refreshKeys(world.url, kid)
    expect(answer).toMatchObject({ keys: expect.any(Array) })
    expect(answer).not.toHaveProperty('quietSeconds')
    expect(world.calls.questions).toBe(1)
  })

  it('is not answered from a set that did not verify', async () => {
    const world = await startedWorld()
    await world.regionReader.pointer()
    const set = await world.store.refreshKeys(world.url)
    const [kid] = set?.keys.map((key) => key.kid) ?? []
    await world.regionReader.refreshKeys(world.url, kid, set?.version)
    expect(world.calls.questions).toBe(1)
  })

  it('is not answered from an old copy of the reader', async () => {
    const world = await startedWorld()
    await world.regionReader.pointer()
    const [kid] = (await world.store.refreshKeys(world.url))?.keys.map((key) => key.kid) ?? []
    await world.regionReader.refreshKeys(world.url, kid)
    expect(world.calls.questions).toBe(0)
    world.wait(2)
    await world.regionReader.refreshKeys(world.url, kid)
    expect(world.calls.questions).toBe(1)
  })
})

describe('the answer of a reader', () => {
  it('NET-08 is shared by the isolates of a data centre for a second', async () => {
    const world = await startedWorld()
    const isolates = Array.from({ length: 20 }, () => world.newIsolate())
    const askAll = async () => {
      for (const [index, { reader }] of isolates.entries()) {
        const keys = await reader.refreshKeys(world.url, `invented-${index}`)
        expect(keys?.keys ?? []).not.toContainEqual(
          expect.objectContaining({ kid: `invented-${index}` }),
        )
      }
    }
    await askAll()
    expect(world.calls.regionQuestions).toBe(1)
    world.wait(1)
    await askAll()
    expect(world.calls.regionQuestions).toBe(2)
  })

  it('has the key for every isolate that lacks it', async () => {
    const world = await startedWorld()
    const [kid = ''] = (await world.store.refreshKeys(world.url))?.keys.map((key) => key.kid) ?? []
    for (const { reader } of Array.from({ length: 5 }, () => world.newIsolate())) {
      const keys = await reader.refreshKeys(world.url, kid)
      expect(keys?.keys.map((key) => key.kid)).toContain(kid)
    }
    expect(world.calls.regionQuestions).toBe(1)
    // An invented key id is a question of its own.
    await world.newIsolate().reader.refreshKeys(world.url, 'invented')
    expect(world.calls.regionQuestions).toBe(2)
  })

  it('is not shared for a set that did not verify, nor for a token without a key id', async () => {
    const world = await startedWorld()
    const set = await world.store.refreshKeys(world.url)
    const [kid] = set?.keys.map((key) => key.kid) ?? []
    const questions: readonly { keyId?: string | undefined; rejected?: number | undefined }[] = [
      { keyId: kid, rejected: set?.version },
      {},
    ]
    for (const { keyId, rejected } of questions) {
      world.calls.regionQuestions = 0
      for (const isolate of [world.newIsolate(), world.newIsolate()]) {
        await isolate.reader.refreshKeys(world.url, keyId, rejected)
      }
      expect(world.calls.regionQuestions).toBe(2)
    }
  })

  it.each<[string, object]>([
    ['without a version', { keys: [{ kty: 'EC', kid: 'planted' }], fetchedAt: null }],
    ['with keys in another form', { keys: ['planted'], version: 1, fetchedAt: null }],
    ['with a text for seconds', { quietSeconds: '9' }],
  ])('is not used %s', async (_, entry) => {
    const world = await startedWorld()
    await world.dataCentre.keepKeyAnswer(world.url, entry as never)
    const isolate = world.newIsolate()
    const keys = await isolate.reader.refreshKeys(world.url, 'planted')
    expect(keys?.keys).toHaveLength(2)
    expect(world.calls.regionQuestions).toBe(1)
    expect(isolate.skipped()).toEqual({ data_centre: { unreadable: 1 } })
  })

  it('is asked for by each isolate if the cache fails', async () => {
    const world = await startedWorld()
    world.states.dataCentre = 'cut'
    for (const isolate of [world.newIsolate(), world.newIsolate()]) {
      await isolate.reader.refreshKeys(world.url, 'invented')
      expect(isolate.skipped()).toEqual({ data_centre: { unreachable: 1 } })
    }
    expect(world.calls.regionQuestions).toBe(2)
  })
})

describe('an answer about keys', () => {
  it('NET-13 never brings back a key that the snapshot no longer has', async () => {
    const world = await startedWorld()
    const old = await world.store.refreshKeys(world.url)
    const [kid = ''] = old?.keys.map((key) => key.kid) ?? []
    const isolate = world.newIsolate({
      region: {
        ...world.region,
        keysAfter: async (name) => ({
          ...{ instance: name.instance, keyEpoch: name.latest, removed: [] },
          issuers: [{ url: world.url, version: (old?.version ?? 0) + 1, fetchedAt: 9, keys: [] }],
        }),
        refreshKeys: async () => old,
      },
    })
    await isolate.load()
    const keys = await isolate.reader.refreshKeys(world.url, kid)
    expect(keys?.keys).toEqual([])
  })
})
