/** The first requests of a cold isolate: their CPU time, their loads and the memory behind them. */
import { setTimeout as wait } from 'node:timers/promises'
import { createConnection } from '../client/connection.ts'
import { mebibytes, readCpuNanoseconds, readPageBytes, readProcessStat } from '../process-stat.ts'
import type { Server } from '../servers.ts'
import {
  type ColdGateway,
  type ColdGatewayOptions,
  GATEWAY,
  startColdGateway,
} from './cold-gateway.ts'
import { type IsolateMemory, readIsolateMemory } from './isolate-memory.ts'

export type FirstRequests = {
  /** Of the process, with the store's answer; null where the kernel does not tell. */
  readonly cpuMilliseconds: number | null
  /** Until the last answer. */
  readonly milliseconds: number
  /** How often the store sent the document. */
  readonly loads: number
  /** Resident memory of the process afterwards. */
  readonly mebibytes: number | null
}

export type FirstOptions = ColdGatewayOptions & {
  readonly place: (server: ColdGateway) => unknown
  /** Sent at once, each on a connection of its own. */
  readonly bodies: readonly string[]
}

/** What a request leaves to the time behind its answer has ended after this time. */
const SETTLE_MILLISECONDS = 150

export async function measureFirstRequests(options: FirstOptions): Promise<FirstRequests> {
  const gateway = await startColdGateway(options)
  try {
    options.place(gateway)
    const before = readCpuNanoseconds(gateway.pid)
    const started = performance.now()
    await askAtOnce(gateway, options.bodies)
    const milliseconds = performance.now() - started
    await wait(SETTLE_MILLISECONDS)
    const after = readCpuNanoseconds(gateway.pid)
    const stat = readProcessStat(gateway.pid)
    const { loads } = await gateway.counts()
    return {
      cpuMilliseconds: before === undefined || after === undefined ? null : (after - before) / 1e6,
      milliseconds,
      loads,
      mebibytes: stat === undefined ? null : mebibytes(stat, readPageBytes()),
    }
  } finally {
    await gateway.close()
  }
}

/** The memory of the isolate after one exchange. */
export async function measureIsolateMemory(options: FirstOptions): Promise<IsolateMemory> {
  const gateway = await startColdGateway({ ...options, withInspector: true })
  try {
    await askAtOnce(gateway, options.bodies.slice(0, 1))
    return await readIsolateMemory(await gateway.findInspector(), GATEWAY)
  } finally {
    await gateway.close()
  }
}

/** @throws for an answer other than a token. */
async function askAtOnce(server: Server, bodies: readonly string[]): Promise<void> {
  const { host, port } = server
  const ask = async (body: string) => {
    const connection = createConnection(host, port)
    try {
      const answer = await connection.ask(renderRequest(server, body))
      if (answer.status !== 200) throw new Error(`/token answered ${answer.status}: ${answer.body}`)
    } finally {
      connection.close()
    }
  }
  await Promise.all(bodies.map(ask))
}

export function renderRequest({ host, port }: Server, body: string): Buffer {
  const lines = [
    'POST /token HTTP/1.1',
    `host: ${host}:${port}`,
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
