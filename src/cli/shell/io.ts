/**
 * What a command reads and writes: the streams and the environment of this process, or those that a
 * caller of `run` gives. Each run has its own, also when several run at once in one process.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Readable, Writable } from 'node:stream'

export type Environment = Readonly<Record<string, string | undefined>>

export type Io = {
  readonly stdin: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable
  readonly environment: Environment
}

const runs = new AsyncLocalStorage<Io>()

/** Of the run that the caller belongs to; of the process where none is under way. */
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

/** A variable without blanks around it. A blank one counts as not set, because CI systems set them. */
export function readVariable(name: string): string | undefined {
  const value = currentIo().environment[name]?.trim()
  return value === '' ? undefined : value
}
