/** Starts a program that prints one JSON line when it is ready, and stops it again. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What is kept of the output of a program to stderr: its last characters. */
export const MAX_SAID_CHARACTERS = 65_536

/** What is kept of its output to stdout. */
const MAX_KEPT_LINES = 100

export type Started = {
  /** The ready line. */
  readonly ready: Readonly<Record<string, unknown>>
  readonly pid: number
  /** The last lines of its stdout so far. */
  readonly lines: () => readonly string[]
  /** Its output to stderr so far. */
  readonly said: () => string
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

/** workerd takes seconds to start on a busy machine. A slower start counts as a hang. */
const READY_MILLISECONDS = 60_000

/** Rejects when, before it is ready, the program ends, prints another line, or takes too long. */
export function startProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  const lines: string[] = []
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-MAX_SAID_CHARACTERS)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await ended
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${args.join(' ')} was not ready in time: ${said}`))
    }, READY_MILLISECONDS)
    child.once('exit', () => clearTimeout(timer))
    const output = createInterface({ input: child.stdout })
    output.on('line', (line) => {
      lines.push(line)
      if (lines.length > MAX_KEPT_LINES) lines.shift()
    })
    output.once('line', (line) => {
      clearTimeout(timer)
      try {
        const ready = JSON.parse(line) as Record<string, unknown>
        resolve({ ready, pid: child.pid ?? 0, lines: () => lines, said: () => said, stop })
      } catch {
        reject(new Error(`not a ready line: ${line}`))
      }
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended (${code}): ${said}`)))
  })
}
