/**
 * Loads Node's built-in modules when a function needs them. They are never imported, so that
 * `edgemint/client` loads on platforms without them. The types declare only the members that this
 * package uses, because Node's own types are not available on every platform.
 */

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

export type NodeAnswer = AsyncIterable<Uint8Array> & {
  readonly statusCode?: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly destroy: () => void
}

type NodeFile = {
  readonly read: (buffer: Uint8Array) => Promise<{ readonly bytesRead: number }>
  readonly close: () => Promise<void>
}

type HttpModule = {
  readonly Agent: new () => object
  readonly request: (
    options: object,
    answered: (answer: NodeAnswer) => void,
  ) => {
    on(event: 'error', listener: (error: Error) => void): void
    end(body?: string): void
  }
}

type BuiltIns = {
  'node:fs/promises': {
    readonly open: (path: string) => Promise<NodeFile>
  }
  'node:child_process': {
    readonly execFile: (
      file: string,
      args: readonly string[],
      options: object,
      done: (error: Error | null, stdout: string) => void,
    ) => { readonly stdin?: { end(): void; on(event: 'error', listener: () => void): void } | null }
  }
  'node:http': HttpModule
  'node:https': HttpModule
}

type Process = {
  readonly env?: Environment
  readonly version?: string
  readonly versions?: Environment
  readonly execArgv?: readonly string[]
  readonly allowedNodeEnvironmentFlags?: { readonly has: (flag: string) => boolean }
  readonly getBuiltinModule?: (name: string) => unknown
}

/** The global `process`, or undefined on a platform that has none. */
export function findProcess(): Process | undefined {
  return (globalThis as { readonly process?: Process }).process
}

export function builtIn<Name extends keyof BuiltIns>(name: Name): BuiltIns[Name] {
  const found = findProcess()?.getBuiltinModule?.(name)
  if (typeof found !== 'object' || found === null) throw new Error(`no ${name}`)
  return found as BuiltIns[Name]
}
