/** Loads one server with one form and reads the figures: the same client for floor and gateway. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export type Measured = {
  readonly url: string
  /** Resident memory of its workerd, in MiB. */
  readonly mebibytes: () => number
  readonly close: () => Promise<void>
}

export type Figures = {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly mebibytes: number
}

const CONNECTIONS = 16
const WARM_UP_SECONDS = 2

/** Throws when any answer has another status than the one wanted. */
export async function measure(
  server: Measured,
  body: string,
  seconds: number,
  status: number,
): Promise<Figures> {
  const check = await fetch(`${server.url}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
  if (check.status !== status) throw new Error(`${check.status}: ${await check.text()}`)
  await load(server.url, body, WARM_UP_SECONDS)
  const result = await load(server.url, body, seconds)
  const codes = Object.keys(result.statusCodeStats)
  if (codes.length !== 1 || codes[0] !== String(status)) throw new Error(`answers: ${codes}`)
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    mebibytes: server.mebibytes(),
  }
}

type Result = {
  readonly requests: { readonly average: number }
  readonly latency: { readonly p50: number; readonly p99: number }
  readonly statusCodeStats: Readonly<Record<string, unknown>>
}

/** autocannon in a process of its own, so that it takes no time from the server's starter. */
function load(url: string, body: string, seconds: number): Promise<Result> {
  const autocannon = join(import.meta.dirname, '../../node_modules/autocannon/autocannon.js')
  const child = spawn(
    process.execPath,
    [
      autocannon,
      ...['--json', '-c', String(CONNECTIONS), '-d', String(seconds), '-m', 'POST'],
      ...['-H', 'content-type=application/x-www-form-urlencoded', '-b', body, `${url}/token`],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => {
      try {
        resolve(JSON.parse(output) as Result)
      } catch {
        reject(new Error(`autocannon said: ${output}`))
      }
    })
  })
}
