/** On what a benchmark ran and how, for the head of its report. */
import { cpus, release, totalmem } from 'node:os'
import type { BenchArguments } from './arguments.ts'
import type { Cores } from './pinning.ts'
import { CONNECTIONS } from './rounds.ts'

export type Method = {
  readonly pairs: number
  readonly seconds: number
  readonly connections: number
  /** Whether the CPU time of the servers could be read. */
  readonly readsCpu: boolean
  /** Null where nothing can be pinned. */
  readonly serverCore: number | null
  readonly clientCores: readonly number[] | null
  /** Rate limits are never bound. */
  readonly rateLimits: false
}

export type Machine = {
  readonly cores: number
  readonly model: string
  readonly memoryGibibytes: number
  readonly system: string
  readonly node: string
}

export function describeMachine(): Machine {
  return {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
  }
}

export function describeMethod(args: BenchArguments, cores: Cores | undefined): Method {
  return {
    pairs: args.pairs,
    seconds: args.seconds,
    connections: CONNECTIONS,
    readsCpu: process.platform === 'linux',
    serverCore: cores?.server ?? null,
    clientCores: cores?.others ?? null,
    rateLimits: false,
  }
}

export function renderHead(machine: Machine, method: Method): string {
  const { serverCore, clientCores, readsCpu } = method
  const lines = [
    `machine: ${machine.cores} × ${machine.model}, ${machine.memoryGibibytes} GiB, ${machine.system}, Node ${machine.node}`,
    `method: ${method.pairs} slices of ${method.seconds} s of each server, in turns; ${method.connections} connections; rate limits not bound`,
    serverCore === null || clientCores === null
      ? 'cores: not pinned (this needs Linux, taskset and two cores), so figures vary more'
      : `cores: servers on ${serverCore}, client on ${clientCores.join(', ')}`,
  ]
  if (!readsCpu) {
    lines.push(
      'CPU time: not measured. It is read from /proc, which only Linux has. Compare throughput.',
    )
  }
  return `${lines.join('\n')}\n`
}
