/** Runs a peer's program and waits until it answers. */
import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import type { Server } from '../servers.ts'

export type ProgramOptions = {
  readonly command: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly port: number
  /** Answers with 200 when the program is ready. */
  readonly readyUrl: string
}

/** The slowest, Keycloak, builds itself at its first start. */
const READY_SECONDS = 300
const POLL_MILLISECONDS = 250
const STOP_MILLISECONDS = 10_000

/** The program must do its work in the process that is started: that one is measured. */
export async function startProgram(options: ProgramOptions): Promise<Server> {
  const child = spawn(options.command, options.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  })
  let said = ''
  const listen = (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-4000)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  let hasEnded = false
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      hasEnded = true
      resolve()
    }
    child.once('exit', end)
    child.once('error', (error) => {
      said = `${said}${error.message}`
      end()
    })
  })
  const close = async () => {
    child.kill()
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS)
    await ended
    clearTimeout(timer)
  }
  const until = performance.now() + READY_SECONDS * 1000
  while (!(await isReady(options.readyUrl))) {
    if (hasEnded || performance.now() > until) {
      await close()
      throw new Error(`${options.command} did not start: ${said}`)
    }
    await wait(POLL_MILLISECONDS)
  }
  return { host: '127.0.0.1', port: options.port, pid: child.pid ?? 0, close }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url)
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

export type SendOptions = {
  readonly method?: 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body: object
}

/** Sets a peer up over its own API. */
export async function sendJson(
  url: string,
  { method = 'POST', headers, body }: SendOptions,
): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  await response.body?.cancel()
}
