/**
 * How fast a revocation is seen: from its acknowledgement to the last check that accepts the token.
 * 300 simulated data centres run the caches and layers of the Worker, with delays and lost messages
 * between them and the objects, and with KV. Each has isolates with traffic and one without much.
 */
import { createIsolate, type Isolate, REAL_CACHES } from './isolate.ts'
import { createIsolateClock } from './isolate-clock.ts'
import { PLACES } from './model/places.ts'
import { withVirtualPlatform } from './platform.ts'
import { tokenOf } from './requests.ts'
import { createHistogram, type Times } from './statistics.ts'
import type { Topology } from './topology.ts'
import { createWorld, MAX_SKEW_MILLISECONDS } from './world.ts'

export type SpeedOptions = {
  readonly topology: Topology
  readonly seed: number
  readonly revocations: number
  readonly places: number
}

const KINDS = ['traffic', 'quiet'] as const
type Kind = (typeof KINDS)[number]
const GRAINS = ['token', 'rule'] as const
type Grain = (typeof GRAINS)[number]

export type Speed = {
  /** In seconds, by kind of isolate and grain. */
  readonly times: Readonly<Record<`${Kind} ${Grain}`, Times>>
  /** The share of isolates with traffic that refuse after each of `CURVE_SECONDS`. */
  readonly curve: readonly number[]
  readonly samples: number
}

export const CURVE_SECONDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10, 30, 60]

/** The mean time between two checks. */
const PAUSE_MILLISECONDS: Readonly<Record<Kind, number>> = { traffic: 50, quiet: 5000 }
const PER_PLACE: Readonly<Record<Kind, number>> = { traffic: 2, quiet: 1 }
const BETWEEN_MILLISECONDS = 7000
/** A token that is accepted this long after its revocation counts with this time. */
const WATCHED_MILLISECONDS = 120_000
const SCENARIO = { name: 'speed', summary: 'revocations', isolates: 900, seconds: 1 }

/** A revoked token, and when the revocation was acknowledged. */
type Revoked = { readonly jti: string; readonly grain: Grain; readonly at: number }

export function measureSpeed(options: SpeedOptions): Promise<Speed> {
  const { topology, seed } = options
  const settings = { maxStaleSeconds: 900, documentBytes: 1000, factor: 1 }
  const world = createWorld({ scenario: SCENARIO, topology, seed, ...settings })
  return withVirtualPlatform(world.timeline, world.random, () => run(world, options))
}

async function run(
  world: ReturnType<typeof createWorld>,
  { revocations, places }: SpeedOptions,
): Promise<Speed> {
  const { timeline, random, log } = world
  const revoked: Revoked[] = []
  const ages: Record<string, number[]> = {}
  const waitUntil = (task: Promise<unknown>) => {
    timeline.touch()
    task.catch(timeline.stop)
  }

  /** Checks every token that the isolate still accepted a moment ago. */
  async function check(isolate: Isolate, open: Map<Revoked, number>): Promise<void> {
    const { isRevoked } = await isolate.revocations.load(isolate.clock.read(), waitUntil)
    for (const one of open.keys()) {
      const token = { ...tokenOf(one.jti), client_id: one.grain === 'rule' ? one.jti : 'rule' }
      if (!(await isRevoked(token))) open.set(one, timeline.now() - one.at)
    }
  }

  function start(index: number, kind: Kind): void {
    const place = PLACES[index]
    if (place === undefined) throw new Error('there is no such place')
    const skew = random.between(-MAX_SKEW_MILLISECONDS, MAX_SKEW_MILLISECONDS)
    const clock = createIsolateClock(timeline.now, skew)
    const isolate = createIsolate({
      id: index,
      place: index,
      weight: 1,
      meanMilliseconds: PAUSE_MILLISECONDS[kind],
      now: timeline.now,
      clock,
      caches: REAL_CACHES,
      door: world.connect(place, index, clock),
      revocationPorts: world.revocationPorts(index, place),
      maxStaleSeconds: 900,
      note: () => {},
    })
    /** The age at which each token was accepted last. */
    const open = new Map<Revoked, number>()
    let known = 0
    const ask = () =>
      timeline.after(random.exponential(PAUSE_MILLISECONDS[kind]), () => {
        for (; known < revoked.length; known += 1) {
          const one = revoked[known]
          if (one !== undefined) open.set(one, 0)
        }
        for (const [one, age] of open) {
          if (timeline.now() - one.at < WATCHED_MILLISECONDS) continue
          const name = `${kind} ${one.grain}`
          ages[name] = [...(ages[name] ?? []), age]
          open.delete(one)
        }
        // A question that is lost has no answer, and the isolate answers 503.
        check(isolate, open).catch(() => undefined)
        ask()
      })
    ask()
  }

  world.start(world.measuredFrom)
  const step = Math.max(Math.floor(PLACES.length / places), 1)
  for (let index = 0; index < PLACES.length; index += step) {
    for (const kind of KINDS) {
      for (let count = 0; count < PER_PLACE[kind]; count += 1) start(index, kind)
    }
  }
  await timeline.runUntil(world.measuredFrom)
  for (let count = 0; count < revocations; count += 1) {
    const grain = GRAINS[count % GRAINS.length] ?? 'token'
    const jti = `speed-${count}`
    if (grain === 'rule') log.revokeRule(jti)
    else log.revoke(jti)
    revoked.push({ jti, grain, at: timeline.now() })
    const pause = BETWEEN_MILLISECONDS + random.between(0, BETWEEN_MILLISECONDS)
    await timeline.runUntil(timeline.now() + Math.round(pause))
  }
  await timeline.runUntil(timeline.now() + WATCHED_MILLISECONDS + 60_000)
  return summarize(ages)
}

function summarize(ages: Readonly<Record<string, readonly number[]>>): Speed {
  const timesOf = (name: `${Kind} ${Grain}`): Times => {
    const histogram = createHistogram()
    for (const age of ages[name] ?? []) histogram.add(age, 1)
    return histogram.times()
  }
  const traffic = [...(ages['traffic token'] ?? []), ...(ages['traffic rule'] ?? [])]
  return {
    times: {
      'traffic token': timesOf('traffic token'),
      'traffic rule': timesOf('traffic rule'),
      'quiet token': timesOf('quiet token'),
      'quiet rule': timesOf('quiet rule'),
    },
    curve: CURVE_SECONDS.map(
      (seconds) => traffic.filter((age) => age <= seconds * 1000).length / traffic.length,
    ),
    samples: Object.values(ages).reduce((sum, list) => sum + list.length, 0),
  }
}
