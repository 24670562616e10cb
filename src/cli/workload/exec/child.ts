/**
 * Runs the program of `exec` without a shell, on the stdin, stdout and stderr of this process.
 * Passes signals on to the program, and returns the program's exit code.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { whenNpxEnds } from '../../operate/end-with-npx.ts'
import { describeFileFault } from '../../shell/faults/file-fault.ts'
import { say } from '../../shell/output.ts'
import {
  ENDING_SIGNALS,
  exitCodeOf,
  isForegroundJob,
  isPassedOn,
  PASSED_SIGNALS,
  type PassedSignal,
} from './signals.ts'

export type Program = {
  readonly command: string
  readonly args: readonly string[]
  /** The time from SIGTERM or SIGINT until the program is killed. Undefined: it is not killed. */
  readonly graceMilliseconds: number | undefined
}

export type Relay = {
  /** Aborted by the first signal that arrives before the program has started. */
  readonly signal: AbortSignal
  /** Passes all later signals on to the program. */
  readonly connect: (child: ChildProcess, graceMilliseconds: number | undefined) => void
  readonly close: () => void
}

/** Thrown when a signal arrives before the program has started. */
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
  let isEnding = false

  function pass(signal: PassedSignal): void {
    isEnding ||= ENDING_SIGNALS.includes(signal)
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

  const handlers = PASSED_SIGNALS.map((signal) => {
    const handle = () => pass(signal)
    process.on(signal, handle)
    return { signal, handle }
  })
  // npx does not pass its signals on. A program that got one may be ending, with its cleanup.
  whenNpxEnds(() => {
    if (!isEnding) pass('SIGTERM')
  })
  return {
    signal: interrupted.signal,
    connect(started, graceMilliseconds) {
      child = started
      grace = graceMilliseconds
    },
    close() {
      isEnding = true
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
  // When this process crashes, the program must not keep running without refreshed tokens.
  const end = () => child.kill('SIGTERM')
  process.once('exit', end)
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      if (child.pid === undefined) reject(error)
      // The program runs as another user, as `sudo` does. It still needs its token.
      else say(`cannot pass a signal on to ${command}: ${describeFileFault(error)}`)
    })
    child.once('exit', (code, signal) => {
      process.off('exit', end)
      resolve(signal === null ? (code ?? 0) : exitCodeOf(signal))
    })
  })
}
