/** One run: creates the isolates, lets time pass, and returns what was measured. */
import type { TrustView } from '../../src/core/trust-view.ts'
import { type Caches, createIsolate, type Isolate } from './isolate.ts'
import { createIsolateClock } from './isolate-clock.ts'
import { REVOCATION_BOUND_SECONDS } from './judge.ts'
import { PLACES, spread } from './model/places.ts'
import { withVirtualPlatform } from './platform.ts'
import { createRandom } from './random.ts'
import { createRequests, tokenOf } from './requests.ts'
import { type Scenario, WARM_UP_SECONDS } from './scenarios.ts'
import { type Load, type Share, shareOf, type Times } from './statistics.ts'
import type { Topology } from './topology.ts'
import {
  createWorld,
  MAX_SKEW_MILLISECONDS,
  START,
  type World,
  type WorldOptions,
} from './world.ts'

export type SimulationOptions = WorldOptions & {
  readonly isolates: number
  readonly caches: Caches
  /** Whether every isolate is simulated, whatever it costs. */
  readonly all?: boolean
}

export type Report = {
  readonly scenario: string
  readonly topology: string
  readonly seed: number
  readonly isolates: number
  /** The isolates that were simulated. Counts of the others are estimated from them. */
  readonly simulated: number
  readonly loads: readonly (Load & { readonly object: string })[]
  /** In seconds. */
  readonly staleness: Readonly<Record<keyof World['ages'], Times>>
  /** Shares from 0 to 1. */
  readonly answered: { readonly exchanges: number; readonly checks: number; readonly keys: number }
  readonly revisions: number
  readonly revocations: number
}

/** Isolates times seconds that one run simulates, in about a minute of CPU. More are sampled. */
const MAX_ISOLATE_SECONDS = 3_000_000
/** Each takes about 50 KB of memory. */
const MAX_SIMULATED_ISOLATES = 6000
const SPREAD_MILLISECONDS = 60_000
/** Rates of requests are spread evenly over the powers between these. */
const LEAST_PER_SECOND = 0.01
const MOST_PER_SECOND = 10
/** A busier isolate simulates this many requests a second, and each counts for several. */
const SIMULATED_PER_SECOND = 1
const LIFE_SECONDS = 4 * 3600
const CLOCK_JUMP_SECONDS = 2 * 3600
const MAX_CLOCK_JUMP_MILLISECONDS = 20_000
const COLD_REQUESTS = 8
/** After the last change, everything reaches every isolate. */
const SETTLE_SECONDS = REVOCATION_BOUND_SECONDS + 60
const LAST_REVOCATIONS = 20

export function simulate(options: SimulationOptions): Promise<Report> {
  const places = choosePlaces(options, createRandom(options.seed).below)
  const factor = options.isolates / places.length
  const world = createWorld({ ...options, factor })
  return withVirtualPlatform(world.timeline, world.random, () => run(world, places, options))
}

async function run(
  world: World,
  places: readonly number[],
  options: SimulationOptions,
): Promise<Report> {
  const { scenario, topology, seed, isolates } = options
  const { timeline, random, trace } = world
  const end = world.measuredFrom + scenario.seconds * 1000
  const exchanges: Share = { answered: 0, asked: 0 }
  const knownKeys: Share = { answered: 0, asked: 0 }
  const checks: Share = { answered: 0, asked: 0 }
  const requests = createRequests({ ...world, exchanges, knownKeys, checks })
  const living = new Map<number, Isolate>()
  let created = 0

  function start(index: number, perSecond: number): Isolate {
    const place = PLACES[index] ?? PLACES[0]
    if (place === undefined) throw new Error('there are no places')
    created += 1
    const id = created
    const skew = random.between(-MAX_SKEW_MILLISECONDS, MAX_SKEW_MILLISECONDS)
    const clock = createIsolateClock(timeline.now, skew)
    const isolate = createIsolate({
      id,
      place: index,
      weight: Math.max(perSecond / SIMULATED_PER_SECOND, 1),
      meanMilliseconds: 1000 / Math.min(perSecond, SIMULATED_PER_SECOND),
      now: timeline.now,
      clock,
      caches: options.caches,
      door: world.connect(place, index, clock),
      revocationPorts: world.revocationPorts(index, place),
      maxStaleSeconds: options.maxStaleSeconds,
      note: (text) => trace.note(id, text),
    })
    living.set(id, isolate)
    ask(isolate)
    age(isolate, perSecond)
    return isolate
  }

  function ask(isolate: Isolate): void {
    timeline.quietly(random.exponential(isolate.meanMilliseconds), () => {
      if (isolate.isEnded) return
      requests.any(isolate)
      ask(isolate)
    })
  }

  function age(isolate: Isolate, perSecond: number): void {
    timeline.quietly(random.exponential(LIFE_SECONDS) * 1000, () => {
      if (timeline.now() >= end) return
      isolate.isEnded = true
      living.delete(isolate.id)
      start(isolate.place, perSecond)
    })
    const jump = () =>
      timeline.quietly(random.exponential(CLOCK_JUMP_SECONDS) * 1000, () => {
        if (isolate.isEnded || timeline.now() >= end) return
        const milliseconds = random.between(
          -MAX_CLOCK_JUMP_MILLISECONDS,
          MAX_CLOCK_JUMP_MILLISECONDS,
        )
        isolate.clock.jump(milliseconds)
        trace.note(isolate.id, `the clock jumps by ${Math.round(milliseconds)} ms`)
        jump()
      })
    jump()
  }

  function pickRate(): number {
    return LEAST_PER_SECOND * (MOST_PER_SECOND / LEAST_PER_SECOND) ** random.next()
  }

  world.start(end)
  for (const place of places) {
    timeline.quietly(random.next() * SPREAD_MILLISECONDS, () => start(place, pickRate()))
  }
  startAtOnce(scenario, isolates / places.length, (place) => {
    const delay = world.measuredFrom - START + (scenario.coldStarts?.at ?? 0) * 1000
    timeline.quietly(delay, () => {
      const isolate = start(place, pickRate())
      for (let left = 1 + random.below(COLD_REQUESTS); left > 0; left -= 1) {
        requests.exchange(isolate)
      }
    })
  })
  await timeline.runUntil(world.measuredFrom)
  for (const share of [exchanges, knownKeys, checks])
    Object.assign(share, { answered: 0, asked: 0 })
  await timeline.runUntil(end)
  const answered = {
    exchanges: shareOf(exchanges),
    checks: shareOf(checks),
    keys: shareOf(knownKeys),
  }
  await settle(world, living)
  return {
    ...{ scenario: scenario.name, topology: topology.name, seed, isolates, answered },
    simulated: places.length,
    loads: world.loads(),
    staleness: {
      reachable: world.ages.reachable.times(),
      cutOff: world.ages.cutOff.times(),
      setBack: world.ages.setBack.times(),
      missed: world.ages.missed.times(),
      revocations: world.ages.revocations.times(),
    },
    revisions: world.store.revision(),
    revocations: world.revoked.length,
  }
}

/** Waits without changes. Then each isolate must know everything that was acknowledged. */
async function settle(world: World, living: ReadonlyMap<number, Isolate>): Promise<void> {
  const { timeline, judge } = world
  for (const isolate of living.values()) isolate.isEnded = true
  await timeline.runUntil(timeline.now() + SETTLE_SECONDS * 1000)
  for (const isolate of living.values()) {
    const look = async () => {
      const view = await loadAgain(world, isolate)
      if (!isolate.isCutOff()) judge.settled(isolate, view)
      const { isRevoked } = await isolate.revocations.load(isolate.clock.read())
      for (const token of world.revoked.slice(-LAST_REVOCATIONS)) {
        judge.revoked(isolate, token, await isRevoked(tokenOf(token.jti)))
      }
    }
    timeline.after(0, () => void look().catch(timeline.stop))
  }
  await timeline.runUntil(timeline.now() + 60_000)
}

/** Single questions can be lost, and an isolate asks again after two seconds. */
async function loadAgain({ timeline, network }: World, isolate: Isolate): Promise<TrustView> {
  const ignore = (task: Promise<unknown>) => void task.catch(timeline.stop)
  for (let left = 3; ; left -= 1) {
    try {
      return await isolate.trust.load(isolate.clock.read(), ignore)
    } catch (error) {
      if (left === 0) throw error
      await network.delay(3000)
    }
  }
}

type Choice = {
  readonly all?: boolean
  readonly scenario: Scenario
  readonly topology: Topology
  readonly isolates: number
}

/** Returns the places of the isolates to simulate. */
function choosePlaces(
  { scenario, topology, isolates, all: isWhole = false }: Choice,
  below: (count: number) => number,
): readonly number[] {
  const affordable = Math.floor(MAX_ISOLATE_SECONDS / (scenario.seconds + WARM_UP_SECONDS))
  const most = Math.min(affordable, MAX_SIMULATED_ISOLATES)
  if (isolates <= most || isWhole) return spread(isolates)
  if (topology.sampled === 'isolates') return spread(most)
  const all = Map.groupBy(spread(isolates), (place) => place)
  const left = [...all.values()]
  const chosen: number[] = []
  while (chosen.length < most && left.length > 0) {
    chosen.push(...(left.splice(below(left.length), 1)[0] ?? []))
  }
  return chosen
}

function startAtOnce(scenario: Scenario, factor: number, start: (place: number) => void): void {
  const { isolates = 0 } = scenario.coldStarts ?? {}
  for (const place of spread(Math.round(isolates / factor))) start(place)
}
