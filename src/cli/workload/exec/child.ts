/**
 * The program of `exec`: started without a shell, on our own stdin, stdout and stderr. Every
 * signal that ends us is its to answer; how it ends is how we end.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { exitCodeOf, isForegroundJob, isPassedOn, PASSED_SIGNALS } from './signals.ts'

export type Program = {
  readonly command: string
  readonly args: readonly string[]
  /** After SIGTERM or SIGINT it is killed when so much time has passed; never, when undefined. */
  readonly graceMilliseconds: number | undefined
}

export type Relay = {
  /** Aborted by the first signal that comes before there is a program to answer it. */
  readonly signal: AbortSignal
  /** Sends what comes from now on to the program. */
  readonly connect: (child: ChildProcess, graceMilliseconds: number | undefined) => void
  readonly close: () => void
}

/** Why the program was not started: a signal came first. */
export class Interrupted extends Error {
  readonly exitCode: number
  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`)
    this.exitCode = exitCodeOf(signal)
  }
}

export function createRelay(): Relay {
  const interrupted = new AbortController()
  let child: ChildProcess | undefined
  let grace: number | undefined
  let killer: NodeJS.Timeout | undefined
  const handlers = PASSED_SIGNALS.map((signal) => {
    const handle = () => {
      if (child === undefined) {
        interrupted.abort(new Interrupted(signal))
        return
      }
      if (isPassedOn(signal, isForegroundJob())) child.kill(signal)
      if (grace === undefined || killer !== undefined) return
      if (signal === 'SIGTERM' || signal === 'SIGINT') {
        killer = setTimeout(() => child?.kill('SIGKILL'), grace)
      }
    }
    process.on(signal, handle)
    return { signal, handle }
  })
  return {
    signal: interrupted.signal,
    connect(started, graceMilliseconds) {
      child = started
      grace = graceMilliseconds
    },
    close() {
      clearTimeout(killer)
      for (const { signal, handle } of handlers) process.off(signal, handle)
    },
  }
}

/** Resolves with the exit code. Rejects when the program cannot be started. */
export async function runProgram(
  { command, args, graceMilliseconds }: Program,
  environment: Readonly<Record<string, string | undefined>>,
  relay: Relay,
): Promise<number> {
  relay.signal.throwIfAborted()
  const child = spawn(command, args, { stdio: 'inherit', env: { ...environment } })
  relay.connect(child, graceMilliseconds)
  // When this process crashes, the program must not go on with a token that nobody refreshes.
  const end = () => child.kill('SIGTERM')
  process.once('exit', end)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      process.off('exit', end)
      resolve(signal === null ? (code ?? 0) : exitCodeOf(signal))
    })
  })
}
