/**
 * The load client, a process of its own: sends exchanges over keep-alive connections, one at a time
 * on each, and reads the server's CPU time before the first and after the last.
 */
import { setTimeout as wait } from 'node:timers/promises'
import {
  cpuSeconds,
  mebibytes,
  readClockTicks,
  readPageBytes,
  readProcessStat,
} from '../process-stat.ts'
import { quantile } from '../statistics.ts'
import { type Connection, createConnection } from './connection.ts'
import type { Job, JobResult, Slice, Step } from './job.ts'

/** What a server does behind its answers, such as writing records, belongs to its CPU time. */
const SETTLE_MILLISECONDS = 100
const CARRIED = '{carried}'

const ticks = readClockTicks()
const pageBytes = readPageBytes()

process.on('message', (job: Job) => {
  run(job).then(
    (slice) => answer({ kind: 'slice', slice }),
    (error: unknown) => answer({ kind: 'failed', message: String(error) }),
  )
})

function answer(result: JobResult): void {
  process.send?.(result)
}

async function run(job: Job): Promise<Slice> {
  const { host, port, pid } = job
  const prepared = job.steps.map((step) => prepare(step, host, port))
  const bodies = job.steps[0]?.bodies.length ?? 0
  const milliseconds: number[] = []
  let next = 0
  await wait(SETTLE_MILLISECONDS)
  const before = readProcessStat(pid)
  const started = performance.now()
  const until = started + job.seconds * 1000

  async function useConnection(connection: Connection): Promise<void> {
    while (performance.now() < until && !(job.once && next >= bodies)) {
      const turn = next
      next += 1
      const sent = performance.now()
      await exchange(connection, prepared, turn)
      milliseconds.push(performance.now() - sent)
    }
  }

  const connections = Array.from({ length: job.connections }, () => createConnection(host, port))
  try {
    await Promise.all(connections.map(useConnection))
  } finally {
    for (const connection of connections) connection.close()
  }
  const seconds = (performance.now() - started) / 1000
  await wait(SETTLE_MILLISECONDS)
  const after = readProcessStat(pid)
  const sorted = milliseconds.toSorted((a, b) => a - b)
  return {
    exchanges: sorted.length,
    seconds,
    cpuSeconds: after && before && cpuSeconds(after, ticks) - cpuSeconds(before, ticks),
    p50Milliseconds: quantile(sorted, 0.5),
    p99Milliseconds: quantile(sorted, 0.99),
    mebibytes: after && mebibytes(after, pageBytes),
  }
}

type Prepared = {
  readonly step: Step
  readonly carry: RegExp | undefined
  /** Bytes of the whole request, by turn. */
  readonly request: (turn: number, carried: string) => Buffer
}

async function exchange(
  connection: Connection,
  steps: readonly Prepared[],
  turn: number,
): Promise<void> {
  let carried = ''
  for (const { step, carry, request } of steps) {
    const { status, body } = await connection.ask(request(turn, carried))
    if (status !== step.status) throw new Error(`${step.path} answered ${status}: ${body}`)
    if (carry === undefined) continue
    const found = carry.exec(body)?.[1]
    if (found === undefined) throw new Error(`${step.path} answered without ${step.carry}`)
    carried = found
  }
}

function prepare(step: Step, host: string, port: number): Prepared {
  const carry = step.carry === undefined ? undefined : new RegExp(step.carry)
  const render = (body: string, carried: string, turn: number) => {
    const valueAt = (value: string | readonly string[]) =>
      typeof value === 'string' ? value : (value[turn % value.length] ?? '')
    const lines = Object.entries({
      host: `${host}:${port}`,
      ...step.headers,
      ...(step.method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    }).map(([name, value]) => `${name}: ${valueAt(value).replace(CARRIED, () => carried)}\r\n`)
    return Buffer.from(`${step.method} ${step.path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  }
  const carries = Object.values(step.headers).some((value) => value.includes(CARRIED))
  const bodies = step.bodies.length === 0 ? [''] : step.bodies
  const bodyOf = (turn: number) => bodies[turn % bodies.length] ?? ''
  if (carries)
    return { step, carry, request: (turn, carried) => render(bodyOf(turn), carried, turn) }
  // Ahead of the measurement, so that the client has little to do in it.
  const rendered = bodies.map((body, turn) => render(body, '', turn))
  const requestOf = (turn: number) => rendered[turn % rendered.length] ?? Buffer.alloc(0)
  return { step, carry, request: requestOf }
}
