/** The simulation holds its invariants with the real caches, and notices broken ones. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Caches, REAL_CACHES } from '../../scripts/simulate/isolate.ts'
import { LAYERED } from '../../scripts/simulate/layered.ts'
import { renderBroken } from '../../scripts/simulate/report.ts'
import type { Scenario } from '../../scripts/simulate/scenarios.ts'
import { type SimulationOptions, simulate } from '../../scripts/simulate/simulate.ts'
import { DIRECT } from '../../scripts/simulate/topology.ts'
import type { InvariantBroken } from '../../scripts/simulate/trace.ts'

const OUTAGE: Scenario = {
  name: 'outage',
  summary: 'the objects are down for a minute',
  isolates: 60,
  seconds: 240,
  objectsDown: { from: 30, until: 90 },
}
const QUIET: Scenario = { name: 'quiet', summary: 'no outage', isolates: 60, seconds: 240 }

const run = (scenario: Scenario, options: Partial<SimulationOptions> = {}) =>
  simulate({
    scenario,
    topology: DIRECT,
    seed: 7,
    isolates: scenario.isolates,
    caches: REAL_CACHES,
    maxStaleSeconds: 45,
    documentBytes: 1000,
    ...options,
  })

/** Replaces one cache by a broken one. */
const broken = (caches: Partial<Caches>) => ({ caches: { ...REAL_CACHES, ...caches } })

/** Returns its first argument for ever. */
function createStoppedClock(): (at: number) => number {
  const seen: number[] = []
  return (at) => {
    seen.push(at)
    return seen[0] ?? at
  }
}

const brokenBy = async (promise: Promise<unknown>): Promise<InvariantBroken> =>
  promise.then(
    () => expect.fail('no invariant was broken'),
    (error) => error,
  )

test('holds every invariant, also while the objects are down', async () => {
  const { staleness, answered, revisions, revocations, loads } = await run(OUTAGE)
  expect(staleness.reachable.worst).toBeLessThanOrEqual(10)
  expect(staleness.cutOff.worst).toBeGreaterThan(40)
  // Isolates refuse after 45 seconds of the outage.
  expect(answered.exchanges).toBeGreaterThan(0.8)
  expect(answered.exchanges).toBeLessThan(1)
  expect(revisions).toBeGreaterThan(1)
  expect(revocations).toBeGreaterThan(5)
  expect(loads.find(({ object }) => object === 'trust store')?.calls).toBeGreaterThan(500)
})

test('holds every invariant when messages overtake each other', async () => {
  const storm = { ...QUIET, slowMessages: 0.5, changeSeconds: 0.5, isolates: 400, seconds: 30 }
  const { revisions } = await run(storm)
  expect(revisions).toBeGreaterThan(100)
})

test('holds every invariant when isolates ask readers, and asks the store less often', async () => {
  const shorter = { ...OUTAGE, seconds: 60 }
  const { loads, staleness } = await run(shorter, { topology: LAYERED, isolates: 200 })
  const callsOf = (name: string) =>
    loads.reduce((sum, { object, calls }) => (object.startsWith(name) ? sum + calls : sum), 0)
  expect(callsOf('reader ')).toBeGreaterThan(100)
  expect(staleness.reachable.worst).toBeLessThanOrEqual(10)
  const { loads: today } = await run(shorter, { isolates: 200 })
  const asked = today.find(({ object }) => object === 'trust store')?.calls ?? 0
  expect(callsOf('trust store')).toBeLessThan(asked)
})

test('judges by the answer that was used, not by one that came too late', async () => {
  const storm = { ...QUIET, slowMessages: 0.4, seconds: 120 }
  const { staleness } = await run(storm, { topology: LAYERED, seed: 22 })
  expect(staleness.reachable.worst).toBeLessThanOrEqual(10)
})

test('answers isolates that start during an outage from the copy of their region', async () => {
  // Enough that each reader was asked before the outage.
  const cold = { ...OUTAGE, isolates: 300, seconds: 60, coldStarts: { at: 45, isolates: 60 } }
  const { answered, loads } = await run(cold, { topology: LAYERED, maxStaleSeconds: 300 })
  // An isolate that has no copy yet, and whose clock jumps just then, has to wait for the store.
  expect(answered.exchanges).toBeGreaterThan(0.99)
  const direct = await run(cold, { maxStaleSeconds: 300 })
  expect(direct.answered.exchanges).toBeLessThan(0.97)
  const readers = loads.filter(({ object }) => object.startsWith('reader '))
  expect(readers.length).toBeGreaterThan(5)
})

test('notices layers whose copies count from their arrival', async () => {
  const create: typeof LAYERED.create = (world) => {
    const connect = LAYERED.create(world)
    return (...isolate) => {
      const door = connect(...isolate)
      const snapshotSince: typeof door.snapshotSince = async (...question) => {
        const { saidAt, delta } = await door.snapshotSince(...question)
        const { currentAt: _, isStale: __, ...fresh } = delta
        return { saidAt, delta: fresh }
      }
      return { ...door, snapshotSince }
    }
  }
  const { message } = await brokenBy(run(OUTAGE, { topology: { ...LAYERED, create } }))
  expect(message).toMatch(/^the word of the store is \d+ ms old; the bound is 10000 ms$/)
})

test('gives the same report for the same seed, and another one for another seed', async () => {
  const first = await run(QUIET)
  expect(await run(QUIET)).toEqual(first)
  const short = { ...QUIET, seconds: 30 }
  const layered = { topology: LAYERED }
  expect(await run(short, layered)).toEqual(await run(short, layered))
  expect(await run(QUIET, { seed: 8 })).not.toEqual(first)
})

test('restores what it replaces in the process', async () => {
  const { setTimeout: timer, Response: response } = globalThis
  const { getRandomValues } = crypto
  const { digest } = crypto.subtle
  await run({ ...QUIET, seconds: 5 })
  expect(globalThis.setTimeout).toBe(timer)
  expect(globalThis.Response).toBe(response)
  expect(crypto.getRandomValues).toBe(getRandomValues)
  expect(crypto.subtle.digest).toBe(digest)
})

test('notices a trust cache that ignores the age of its copy', async () => {
  const createTrust: Caches['createTrust'] = (options) => {
    const real = REAL_CACHES.createTrust(options)
    const stopped = createStoppedClock()
    return { ...real, load: (at, waitUntil) => real.load(stopped(at), waitUntil) }
  }
  const failure = await brokenBy(run(QUIET, broken({ createTrust })))
  expect(failure.message).toMatch(/^the word of the store is \d+ ms old; the bound is 10000 ms$/)
  const again = await brokenBy(run(QUIET, broken({ createTrust })))
  expect(renderBroken(again, 7)).toBe(renderBroken(failure, 7))
  expect(renderBroken(failure, 7)).toMatch(
    /^an invariant is broken: .+\nseed 7, at \d+\.\d{3} s\n(?: {2}\d+\.\d{3} s .+\n)* {2}\S+ s isolate \d+: answer 1: revision 1,/,
  )
})

test('notices a trust cache that serves without limit during an outage', async () => {
  const createTrust: Caches['createTrust'] = (options) =>
    REAL_CACHES.createTrust({ ...options, maxStaleSeconds: 3600 })
  const { message } = await brokenBy(run(OUTAGE, broken({ createTrust })))
  expect(message).toMatch(/^the word of the store is \d+ ms old; the bound is 52000 ms$/)
})

test('notices a trust cache that falls back to an earlier revision', async () => {
  const createTrust: Caches['createTrust'] = (options) => {
    const real = REAL_CACHES.createTrust(options)
    const load: typeof real.load = async (at, waitUntil) => {
      const view = await real.load(at, waitUntil)
      const isOdd = at % 2 === 1
      return view.revision > 1 && isOdd ? { ...view, revision: view.revision - 1 } : view
    }
    return { ...real, load }
  }
  const { message } = await brokenBy(run(QUIET, broken({ createTrust })))
  expect(message).toMatch(/^revision \d+ decides after revision \d+$/)
})

test('notices a trust cache that loses an acknowledged change', async () => {
  const createTrust: Caches['createTrust'] = (options) => {
    const { store } = options
    const snapshotSince: typeof store.snapshotSince = async (known, expected) => {
      const delta = await store.snapshotSince(known, expected)
      return known.revision < 1 ? delta : { ...delta, revision: known.revision }
    }
    return REAL_CACHES.createTrust({ ...options, store: { ...store, snapshotSince } })
  }
  const { message } = await brokenBy(run(QUIET, broken({ createTrust })))
  expect(message).toMatch(/^a change of \d+ ms ago is unknown; the bound is 10000 ms$/)
})

test('notices a revocation cache that never reads the pointer again', async () => {
  const createRevocations: Caches['createRevocations'] = (options) => {
    const real = REAL_CACHES.createRevocations(options)
    const stopped = createStoppedClock()
    return { load: (at) => real.load(stopped(at)) }
  }
  const { message } = await brokenBy(run(QUIET, broken({ createRevocations })))
  expect(message).toMatch(/^token revoked-\d+, revoked \d+ ms ago, is accepted; the bound is/)
})

const program = (...args: readonly string[]) => {
  const main = join(import.meta.dirname, '../../scripts/simulate/main.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('the program prints the report of a seed as JSON', () => {
  const args = ['--scenario', 'steady', '--isolates', '20', '--seed', '5', '--json']
  const { status, stdout, stderr } = program(...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ scenario: 'steady', seed: 5, simulated: 20 })
})

test('the program refuses flags that it cannot use', () => {
  expect(program('--scenario', 'none')).toMatchObject({ status: 2, stdout: '' })
  expect(program('--isolates', '0').stderr).toMatch(
    /^simulate: --isolates must be a whole number from 1 to 1000000\nusage: /,
  )
})
