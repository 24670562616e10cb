/** WRK-13: a state directory that has lost databases is not used as an empty one. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startGateway } from '../../../src/dev/serve/serve.ts'
import { VERSION_FILE, writeStateVersion } from '../../../src/dev/serve/state-version.ts'
import {
  OBJECTS_FILE,
  requireObjects,
  StateIncomplete,
  watchObjects,
} from '../../../src/dev/serve/stored-objects.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-objects-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const NAME = `${'a'.repeat(64)}.sqlite`
const fail = (error: Error) => expect.unreachable(error.message)
const unexpected = { onMissing: fail, onUnkept: fail }

let count = 0
function newState(classes: readonly string[]): string {
  count += 1
  const state = join(scratch, String(count))
  mkdirSync(state)
  for (const name of classes) {
    mkdirSync(folderOf(state, name), { recursive: true })
    writeFileSync(join(folderOf(state, name), NAME), 'x')
  }
  writeStateVersion(state, { hasSingleLedger: true })
  return state
}

const folderOf = (state: string, name: string) => join(state, 'objects', 'do', `edgemint-${name}`)
const listOf = (state: string) =>
  (JSON.parse(readFileSync(join(state, OBJECTS_FILE), 'utf8')) as { objects: string[] }).objects

describe('the databases of a state directory', () => {
  it('are listed at the start and at the end, and never taken from the list', () => {
    const state = newState(['TrustStore', 'StatusLists', 'TrustReader'])
    const watch = watchObjects(state, unexpected)
    expect(listOf(state)).toEqual([`TrustStore/${NAME}`])
    mkdirSync(folderOf(state, 'RevocationLog'), { recursive: true })
    writeFileSync(join(folderOf(state, 'RevocationLog'), NAME), 'x')
    writeFileSync(join(folderOf(state, 'RevocationLog'), 'metadata.sqlite'), 'x')
    watch.close()
    expect(listOf(state)).toEqual([`RevocationLog/${NAME}`, `TrustStore/${NAME}`])
    rmSync(folderOf(state, 'TrustStore'), { recursive: true })
    watchObjects(state, unexpected).close()
    expect(listOf(state)).toHaveLength(2)
  })

  it.each(['TrustStore', 'RevocationLog', 'ReplayLedger', 'DecisionLog'])(
    'are required at the next start: %s',
    (name) => {
      const state = newState(['TrustStore', 'RevocationLog', 'ReplayLedger', 'DecisionLog'])
      watchObjects(state, unexpected).close()
      expect(() => requireObjects(state)).not.toThrow()
      rmSync(join(folderOf(state, name), NAME))
      expect(() => requireObjects(state)).toThrow(StateIncomplete)
      expect(() => requireObjects(state)).toThrow(
        `${join(folderOf(state, name), NAME)} was deleted or replaced`,
      )
    },
  )

  it('are not used without the version, which tells where the replay marks are', () => {
    const state = newState(['TrustStore'])
    watchObjects(state, unexpected).close()
    rmSync(join(state, VERSION_FILE))
    expect(() => requireObjects(state)).toThrow(`${join(state, VERSION_FILE)} was deleted`)
  })

  it('may be absent after a first start that was ended early', () => {
    expect(() => requireObjects(newState([]))).not.toThrow()
    expect(() => requireObjects(newState(['TrustStore']))).not.toThrow()
  })

  it('are counted when all are missing', () => {
    const state = newState(['TrustStore', 'RevocationLog', 'ReplayLedger'])
    watchObjects(state, unexpected).close()
    rmSync(join(state, 'objects'), { recursive: true })
    expect(() => requireObjects(state)).toThrow(' (and 2 more of its databases) was deleted')
  })

  it.each([
    ['deleted', () => {}],
    ['replaced by a new one', (path: string) => writeFileSync(path, 'x')],
  ])('are missed while the gateway runs: %s', (_case, thereafter) => {
    const state = newState(['TrustStore', 'RevocationLog'])
    const missed: Error[] = []
    const watch = watchObjects(state, { ...unexpected, onMissing: (error) => missed.push(error) })
    const path = join(folderOf(state, 'RevocationLog'), NAME)
    rmSync(path)
    thereafter(path)
    watch.close()
    expect(missed).toEqual([new StateIncomplete(`${path} was deleted or replaced`)])
  })

  it('are missed at every later start, also if an empty one has taken the place', () => {
    const state = newState(['TrustStore', 'RevocationLog'])
    const watch = watchObjects(state, { ...unexpected, onMissing: () => {} })
    const path = join(folderOf(state, 'RevocationLog'), NAME)
    rmSync(path)
    writeFileSync(path, 'x')
    watch.close()
    const expected = `${path} was deleted or replaced`
    expect(() => requireObjects(state)).toThrow(new StateIncomplete(expected))
    watchObjects(state, { ...unexpected, onMissing: () => {} }).close()
    expect(() => requireObjects(state)).toThrow(new StateIncomplete(expected))
    rmSync(join(state, OBJECTS_FILE))
    expect(() => requireObjects(state)).not.toThrow()
  })

  it('are missed at the next start also if the list was removed before', () => {
    const state = newState(['TrustStore', 'RevocationLog'])
    const watch = watchObjects(state, { ...unexpected, onMissing: () => {} })
    const path = join(folderOf(state, 'RevocationLog'), NAME)
    rmSync(join(state, OBJECTS_FILE))
    rmSync(path)
    watch.close()
    const expected = `${path} was deleted or replaced`
    expect(() => requireObjects(state)).toThrow(new StateIncomplete(expected))
  })

  it.each([
    '',
    '[]',
    '{"objects":{}}',
    '{"objects":["TrustStore/../x.sqlite"]}',
    '{"objects":[],"lost":[1]}',
  ])('are unknown with a damaged list: %j', (text) => {
    const state = newState(['TrustStore'])
    writeFileSync(join(state, OBJECTS_FILE), text)
    expect(() => requireObjects(state)).toThrow(`${OBJECTS_FILE} is damaged`)
  })
})

describe('a list that a running gateway cannot write', () => {
  const watchWithout = (state: string, put: (path: string) => void) => {
    const missed: string[] = []
    const causes: string[] = []
    const events = {
      onMissing: ({ message }: Error) => missed.push(message),
      onUnkept: ({ message }: Error) => causes.push(message),
    }
    const list = join(state, OBJECTS_FILE)
    put(list)
    return { list, missed, causes, watch: watchObjects(state, events) }
  }

  it('is reported once with its cause, until it is written again', () => {
    const state = newState(['TrustStore'])
    const { list, missed, causes, watch } = watchWithout(state, mkdirSync)
    expect(watch.isKept()).toBe(false)
    watch.close()
    expect(causes).toEqual([`${list} is not a file`])
    rmSync(list, { recursive: true })
    const next = watchObjects(state, unexpected)
    expect(next.isKept()).toBe(true)
    next.close()
    expect(missed).toEqual([])
  })

  it('is kept again when the cause is gone', () => {
    const state = newState(['TrustStore'])
    const { list, causes, watch } = watchWithout(state, mkdirSync)
    rmSync(list, { recursive: true })
    watch.close()
    expect(watch.isKept()).toBe(true)
    expect(causes).toHaveLength(1)
  })

  it.each([
    ['a directory', (path: string) => mkdirSync(path)],
    ['damaged', (path: string) => writeFileSync(path, '')],
  ])('hides no database that is deleted meanwhile: %s', (_case, put) => {
    const state = newState(['TrustStore', 'RevocationLog'])
    const missed: Error[] = []
    const events = { onMissing: (error: Error) => missed.push(error), onUnkept: () => {} }
    const watch = watchObjects(state, events)
    rmSync(join(state, OBJECTS_FILE))
    put(join(state, OBJECTS_FILE))
    const path = join(folderOf(state, 'RevocationLog'), NAME)
    rmSync(path)
    watch.close()
    expect(missed).toEqual([new StateIncomplete(`${path} was deleted or replaced`)])
  })
})

it('does not start with a database less, and leaves the directory as it was', async () => {
  const state = newState(['TrustStore', 'RevocationLog'])
  watchObjects(state, unexpected).close()
  rmSync(folderOf(state, 'RevocationLog'), { recursive: true })
  await expect(startGateway({ stateDir: state })).rejects.toThrow(StateIncomplete)
  expect(readdirSync(join(state, 'objects', 'do'))).toEqual(['edgemint-TrustStore'])
  expect(readdirSync(state)).not.toContain('signing-key.json')
})
