/** Slices of several servers in turns, and what they say of each other. */

import type { Slice, Step } from './client/job.ts'
import type { LoadClient } from './client/load-client.ts'
import type { Server } from './servers.ts'
import { pairedRatio, type Quartiles, quartiles } from './statistics.ts'

export type Contestant = {
  readonly name: string
  readonly server: Server
  /** The requests of a slice of this length; called before each slice, outside the measurement. */
  readonly prepare: (seconds: number) => Promise<readonly Step[]>
  /** Each body of the steps is sent once. */
  readonly once: boolean
  /** CPU time before the first slice; `WARM_UP_CPU_SECONDS` unless its runtime needs more. */
  readonly warmUpCpuSeconds?: number
  /** `CONNECTIONS` unless the server takes fewer requests at once. */
  readonly connections?: number
}

export type RoundOptions = {
  readonly client: LoadClient
  readonly pairs: number
  readonly seconds: number
}

export const CONNECTIONS = 16
/** V8 has compiled what runs often after so much CPU time, which a busy machine gives slowly. */
const WARM_UP_CPU_SECONDS = 3
const WARM_UP_SLICE_SECONDS = 1
/** Bounds the warm-up of a server that hardly gets the core. */
const MAX_WARM_UP_SLICES = 60
/** Before each slice: the caches of the core still hold another server's work. */
const LEAD_IN_SECONDS = 0.2

/** The slices of each contestant, by its name. */
export async function runRounds(
  contestants: readonly Contestant[],
  options: RoundOptions,
): Promise<ReadonlyMap<string, readonly Slice[]>> {
  const run = async (contestant: Contestant, seconds: number) => {
    const { server, once, connections = CONNECTIONS } = contestant
    const { host, port, pid } = server
    const steps = await contestant.prepare(seconds)
    return options.client.run({ host, port, pid, steps, once, seconds, connections })
  }
  const warmUp = async (contestant: Contestant) => {
    const wanted = contestant.warmUpCpuSeconds ?? WARM_UP_CPU_SECONDS
    let used = 0
    for (let count = 0; count < MAX_WARM_UP_SLICES && used < wanted; count += 1) {
      const { cpuSeconds } = await run(contestant, WARM_UP_SLICE_SECONDS)
      // Where CPU time cannot be read, as long as a core of its own would take.
      used += cpuSeconds ?? WARM_UP_SLICE_SECONDS
    }
  }
  for (const contestant of contestants) await warmUp(contestant)
  const slices = new Map(contestants.map(({ name }) => [name, [] as Slice[]]))
  for (let round = 0; round < options.pairs; round += 1) {
    // Nobody is always first.
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      await run(contestant, LEAD_IN_SECONDS)
      slices.get(contestant.name)?.push(await run(contestant, options.seconds))
    }
  }
  return slices
}

/** The figures of one server over all its slices. */
export type Figures = {
  /** Of an exchange; null where CPU time cannot be read. */
  readonly cpuMicroseconds: Quartiles | null
  readonly exchangesPerSecond: Quartiles
  readonly p50Milliseconds: number
  readonly p99Milliseconds: number
  readonly mebibytes: number | null
}

/** How much of another server's capacity a server keeps: 1 is as much, 0.5 is half. */
export type Comparison = {
  /** Null where CPU time cannot be read. */
  readonly byCpu: Quartiles | null
  readonly byThroughput: Quartiles
}

export function summarise(slices: readonly Slice[]): Figures {
  const cpu = cpuOf(slices)
  const sizes = slices.flatMap(({ mebibytes }) => mebibytes ?? [])
  return {
    cpuMicroseconds: cpu === undefined ? null : quartiles(cpu),
    exchangesPerSecond: quartiles(ratesOf(slices)),
    p50Milliseconds: quartiles(slices.map((slice) => slice.p50Milliseconds)).median,
    p99Milliseconds: quartiles(slices.map((slice) => slice.p99Milliseconds)).median,
    mebibytes: sizes.length === 0 ? null : quartiles(sizes).median,
  }
}

/** Slices of both in the order of their rounds. */
export function compare(slices: readonly Slice[], others: readonly Slice[]): Comparison {
  const cpu = cpuOf(slices)
  const othersCpu = cpuOf(others)
  return {
    byCpu: cpu === undefined || othersCpu === undefined ? null : pairedRatio(othersCpu, cpu),
    byThroughput: pairedRatio(ratesOf(slices), ratesOf(others)),
  }
}

/** Microseconds of an exchange, slice by slice. */
function cpuOf(slices: readonly Slice[]): readonly number[] | undefined {
  const values = slices.flatMap(({ cpuSeconds, exchanges }) =>
    cpuSeconds === undefined ? [] : (cpuSeconds * 1e6) / exchanges,
  )
  return values.length === slices.length ? values : undefined
}

function ratesOf(slices: readonly Slice[]): readonly number[] {
  return slices.map(({ exchanges, seconds }) => exchanges / seconds)
}
