/**
 * A trust store that was restored from a backup uses numbers of revisions and epochs again. Nothing
 * that an isolate or a layer kept from before may pass for what the store has now.
 */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { type LayeredWorld, newLayeredWorld } from '../support/layered-world.ts'

/** Restores the tables as they were, and starts the object again. */
async function backUp(world: LayeredWorld): Promise<() => Promise<void>> {
  const tables = ['revisions', 'document_chunks', 'compiled_forms', 'compiled_form_chunks']
  const all = [...tables, 'issuer_keys', 'key_epoch', 'key_versions']
  type Row = Record<string, SqlStorageValue>
  const rows = await runInDurableObject(world.store, (_, { storage }) =>
    all.map((table) => storage.sql.exec<Row>(`SELECT * FROM ${table}`).toArray()),
  )
  return async () => {
    await runInDurableObject(world.store, (_, { storage }) => {
      for (const [index, table] of all.entries()) {
        storage.sql.exec(`DELETE FROM ${table}`)
        for (const row of rows[index] ?? []) {
          const marks = Object.keys(row).map(() => '?')
          const names = Object.keys(row).join()
          storage.sql.exec(
            `INSERT INTO ${table} (${names}) VALUES (${marks.join()})`,
            ...Object.values(row),
          )
        }
      }
      return storage.deleteAlarm()
    })
    await evictDurableObject(world.store)
    await runInDurableObject(world.store, (instance, { storage }) => {
      instance.now = world.now
      return storage.deleteAlarm()
    })
  }
}

const ruleOf = async (isolate: ReturnType<LayeredWorld['newIsolate']>) =>
  [...((await isolate.loadView()).document?.rules ?? [])].map(({ name }) => name)
/** The key ids of the issuer that the isolate has. */
const kidsOf = async (isolate: ReturnType<LayeredWorld['newIsolate']>, { url }: LayeredWorld) =>
  [...((await isolate.loadView()).keys.get(url)?.keys ?? [])].map(({ kid }) => kid)
/** Whether the isolate has the key that `addLostKey` added. */
const hasLost = async (isolate: ReturnType<LayeredWorld['newIsolate']>, world: LayeredWorld) =>
  (await kidsOf(isolate, world)).includes('lost')

/** Adds a key after the backup. The issuer does not publish it, so no fetch brings it back. */
async function addLostKey({ store, url }: LayeredWorld): Promise<void> {
  const kid = (await store.refreshKeys(url))?.keys[0]?.kid ?? ''
  await runInDurableObject(store, (_, { storage }) => {
    storage.sql.exec("UPDATE issuer_keys SET keys = replace(keys, ?, 'lost')", kid)
  })
}

/** With layers, and with the store alone: a region that has no pointer. */
const WAYS = [
  ['through the layers', false],
  ['from the store itself', true],
] as const

describe('WRK-12 a restored trust store', () => {
  const isolateOf = (world: LayeredWorld, isDirect: boolean) =>
    world.newIsolate(
      isDirect
        ? { dataCentre: undefined, region: { ...world.region, pointer: async () => undefined } }
        : {},
    )

  it.each(WAYS)('replaces a document that has the same number, %s', async (_, isDirect) => {
    const world = await newLayeredWorld()
    const restore = await backUp(world)
    await world.apply('lost')
    const isolate = isolateOf(world, isDirect)
    expect(await ruleOf(isolate)).toEqual(['lost'])
    await restore()
    world.restored(1)
    await world.apply('other')
    world.wait(10)
    expect(await isolate.load()).toBe(2)
    expect(await ruleOf(isolate)).toEqual(['other'])
  })

  it.each(WAYS)('takes back keys whose epoch it uses again, %s', async (_, isDirect) => {
    const world = await newLayeredWorld()
    const kids = (await world.store.refreshKeys(world.url))?.keys.map(({ kid }) => kid)
    const restore = await backUp(world)
    await addLostKey(world)
    const isolate = isolateOf(world, isDirect)
    expect(await hasLost(isolate, world)).toBe(true)
    await restore()
    // Other changes raise the epoch beyond the one that the isolate has.
    await runInDurableObject(world.store, (_, { storage }) => {
      storage.sql.exec('UPDATE key_epoch SET latest = latest + 100')
    })
    world.wait(10)
    expect(kids?.length).toBeGreaterThan(0)
    expect(await kidsOf(isolate, world)).toEqual(kids)
  })

  it('makes no layer repeat the keys between two epochs of before', async () => {
    const world = await newLayeredWorld()
    const first = world.newIsolate()
    await first.load()
    const before = await world.store.pointer()
    const restore = await backUp(world)
    await addLostKey(world)
    const { keyEpoch } = await world.store.pointer()
    world.wait(10)
    // The data centre and the reader now have the keys between both epochs.
    expect(await hasLost(first, world)).toBe(true)
    await restore()
    await runInDurableObject(world.store, (_, { storage }) => {
      storage.sql.exec('UPDATE key_epoch SET latest = ?', keyEpoch)
    })
    const after = await world.store.pointer()
    expect(after.instance).not.toBe(before.instance)
    world.wait(10)
    expect(await hasLost(world.newIsolate(), world)).toBe(false)
    expect(await hasLost(first, world)).toBe(false)
    // A reader refuses a question about an instance that no longer runs.
    const asked = world.regionReader.keysAfter(before.keyEpoch, keyEpoch + 1, before.instance)
    expect(await asked).toBeUndefined()
  })

  it('is believed if its revision and its epoch are older', async () => {
    const world = await newLayeredWorld()
    const restore = await backUp(world)
    await world.apply('lost')
    const isolates = [world.newIsolate(), world.newIsolate()]
    for (const isolate of isolates) expect(await isolate.load()).toBe(2)
    await restore()
    world.wait(10)
    for (const isolate of isolates) {
      expect(await isolate.load()).toBe(1)
      expect(await ruleOf(isolate)).toEqual(['first'])
      expect(isolate.skipped()).toMatchObject({ region: { behind: 1 } })
    }
  })
})
