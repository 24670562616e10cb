/**
 * Runs a job that lasts longer than its tokens: a program under `edgemint exec`, and requests
 * through `edgemint proxy`. Then ends both with SIGTERM and tests whether the API still accepts
 * their tokens.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startProcess } from '../processes.ts'
import { CLI, type JobWorld, REVOCATION_SECONDS } from './job-world.ts'

export type LongJobOptions = {
  readonly seconds: number
  readonly lifetimeSeconds: number
}

export type Counts = {
  readonly requests: number
  readonly failures: number
  readonly tokens: number
  /** How many of them the API still accepts after the end. */
  readonly alive: number
  readonly exitCode: number | null
  readonly said: string
}

export type LongJobResult = { readonly exec: Counts; readonly proxy: Counts }

const EXEC_PATH = '/by-exec'
const PROXY_PATH = '/by-proxy'
/** A cached introspection response has to expire first. */
const SETTLE_MILLISECONDS = REVOCATION_SECONDS * 1000 + 500

export async function runLongJob(world: JobWorld, options: LongJobOptions): Promise<LongJobResult> {
  const [exec, proxy] = await Promise.all([runExec(world, options), runProxy(world, options)])
  return { exec, proxy }
}

async function runExec(world: JobWorld, options: LongJobOptions): Promise<Counts> {
  const file = join(world.scratch, 'token.jwt')
  const flags = ['--lifetime', String(options.lifetimeSeconds), '--file', file]
  const program = [process.execPath, join(import.meta.dirname, 'file-caller.ts')]
  const child = spawn(process.execPath, [CLI, 'exec', ...flags, '--', ...program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own, so that it receives no signals from the terminal.
    detached: true,
    env: { ...world.environment, API_URL: `${world.apiUrl}${EXEC_PATH}` },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  const started = new Promise<void>((resolve) => reader.once('line', () => resolve()))
  reader.on('line', (line) => lines.push(line))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await Promise.race([started, ended])
  await pause(options.seconds * 1000)
  child.kill('SIGTERM')
  const exitCode = await ended
  const result = JSON.parse(lines.at(-1) ?? '{}')
  const { requests = 0, failures = 1 } = result
  return { requests, failures, exitCode, said, ...(await askAgain(world, EXEC_PATH)) }
}

async function runProxy(world: JobWorld, options: LongJobOptions): Promise<Counts> {
  const flags = ['--upstream', world.apiUrl, '--listen', '127.0.0.1:0']
  const proxy = await startProcess(
    process.execPath,
    [CLI, 'proxy', ...flags, '--lifetime', String(options.lifetimeSeconds)],
    world.environment,
  )
  const endsAt = Date.now() + options.seconds * 1000
  let requests = 0
  let failures = 0
  const work = async () => {
    while (Date.now() < endsAt) {
      requests += 1
      try {
        const response = await fetch(`${String(proxy.ready.url)}${PROXY_PATH}`)
        await response.arrayBuffer()
        if (response.status !== 200) failures += 1
      } catch {
        failures += 1
      }
      await pause(20)
    }
  }
  await Promise.all([work(), work()])
  await proxy.stop('SIGTERM')
  const said = proxy.said()
  return { requests, failures, exitCode: 0, said, ...(await askAgain(world, PROXY_PATH)) }
}

async function askAgain(world: JobWorld, path: string) {
  await pause(SETTLE_MILLISECONDS)
  const tokens = [...(world.api.tokens.get(path) ?? [])]
  const statuses = await Promise.all(tokens.map(world.ask))
  return { tokens: tokens.length, alive: statuses.filter((status) => status !== 401).length }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
