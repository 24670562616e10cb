/**
 * The streams and environment variables of a command. They are those of this process, or those that
 * the caller of `run` passes. Each run has its own, even if several run in one process at once.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Readable, Writable } from 'node:stream'

export type Environment = Readonly<Record<string, string | undefined>>

export type Io = {
  readonly stdin: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly environment: Environment
}

const runs = new AsyncLocalStorage<Io>()

/** Returns the streams of the current run, or those of the process outside of a run. */
export function currentIo(): Io {
  return runs.getStore() ?? processIo()
}

export function withIo<T>(io: Io, action: () => T): T {
  return runs.run(io, action)
}

export function processIo(): Io {
  const { stdin, stdout, stderr, env: environment } = process
  return { stdin, stdout, stderr, environment }
}

/**
 * Returns a trimmed variable. A blank variable counts as not set, because CI systems set blank
 * ones.
 */
export function readVariable(name: string): string | undefined {
  const value = currentIo().environment[name]?.trim()
  return value === '' ? undefined : value
}
