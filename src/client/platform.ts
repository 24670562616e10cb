/**
 * The border to the machine that a workload runs on: its environment, files, processes and local
 * sockets. Node's built-ins are asked for when they are needed and never imported, so the door loads
 * where there are none, such as in Workers and browsers. Tests bring a platform of their own.
 */
import { MAX_SOURCE_BYTES, SOURCE_TIMEOUT_MILLISECONDS } from './limits.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Everything that sources ask of the machine. Each function rejects with any error whatever. */
export type Platform = {
  readonly environment: Environment
  readonly fetch: typeof globalThis.fetch
  /** The text of a file that is not longer than a token may be. */
  readonly readFile: (path: string) => Promise<string>
  readonly hasFile: (path: string) => Promise<boolean>
  /** The stdout of a command that ended with 0. No shell takes part, and stderr is thrown away. */
  readonly run: (command: readonly string[], signal?: AbortSignal) => Promise<string>
  /** The answer to JSON that was posted over HTTP on a Unix socket, whatever its status. */
  readonly postToSocket: (post: SocketPost) => Promise<SocketAnswer>
}

export type SocketPost = {
  readonly socketPath: string
  readonly path: string
  readonly body: string
  readonly signal?: AbortSignal | undefined
}

export type SocketAnswer = { readonly status: number; readonly text: string }

/** What is used of Node's built-ins. Their own types are not to be had where the door loads. */
type Chunk = { readonly byteLength: number; toString(encoding: 'utf8'): string }
type File = {
  readonly read: (buffer: Uint8Array) => Promise<{ readonly bytesRead: number }>
  readonly close: () => Promise<void>
}
type BuiltIns = {
  'node:fs/promises': {
    readonly open: (path: string) => Promise<File>
    readonly access: (path: string) => Promise<void>
  }
  'node:child_process': {
    readonly execFile: (
      file: string,
      args: readonly string[],
      options: object,
      done: (error: Error | null, stdout: string) => void,
    ) => { readonly stdin?: { end(): void; on(event: 'error', listener: () => void): void } | null }
  }
  'node:http': {
    readonly request: (
      options: object,
      answered: (response: {
        readonly statusCode?: number
        on(event: 'data', listener: (chunk: Chunk) => void): void
        on(event: 'end' | 'error', listener: () => void): void
      }) => void,
    ) => {
      on(event: 'error', listener: (error: Error) => void): void
      end(body: string): void
      destroy(): void
    }
  }
}

type Process = {
  readonly env?: Environment
  readonly getBuiltinModule?: (name: string) => unknown
}

/** The machine that this code runs on. */
export function findPlatform(): Platform {
  const environment = findProcess()?.env ?? {}
  const fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)
  return { environment, fetch, readFile, hasFile, run, postToSocket }
}

/** The name is not declared where there is no Node; that it may be missing is what the type says. */
function findProcess(): Process | undefined {
  return (globalThis as { readonly process?: Process }).process
}

function builtIn<Name extends keyof BuiltIns>(name: Name): BuiltIns[Name] {
  const found = findProcess()?.getBuiltinModule?.(name)
  if (typeof found !== 'object' || found === null) throw new Error(`there is no ${name} here`)
  return found as BuiltIns[Name]
}

async function readFile(path: string): Promise<string> {
  const file = await builtIn('node:fs/promises').open(path)
  try {
    // One byte more than may be, and until nothing comes: a pipe has no size.
    const bytes = new Uint8Array(MAX_SOURCE_BYTES + 1)
    let size = 0
    while (size < bytes.byteLength) {
      const { bytesRead } = await file.read(bytes.subarray(size))
      if (bytesRead === 0) return new TextDecoder().decode(bytes.subarray(0, size))
      size += bytesRead
    }
    throw new Error('the file is too large')
  } finally {
    await file.close()
  }
}

async function hasFile(path: string): Promise<boolean> {
  try {
    await builtIn('node:fs/promises').access(path)
    return true
  } catch {
    return false
  }
}

async function run([file = '', ...args]: readonly string[], signal?: AbortSignal): Promise<string> {
  const { execFile } = builtIn('node:child_process')
  return new Promise((resolve, reject) => {
    const options = {
      encoding: 'utf8',
      maxBuffer: MAX_SOURCE_BYTES,
      timeout: SOURCE_TIMEOUT_MILLISECONDS,
      // A command that asks for a password must not hold us.
      killSignal: 'SIGKILL',
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    }
    const child = execFile(file, args, options, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(error)
    })
    // A command that does not read is no error.
    child.stdin?.on('error', () => {})
    child.stdin?.end()
  })
}

async function postToSocket({ body, signal, ...target }: SocketPost): Promise<SocketAnswer> {
  const { request } = builtIn('node:http')
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', host: 'localhost' }
    const options = { ...target, method: 'POST', headers, ...(signal ? { signal } : {}) }
    const asked = request(options, (response) => {
      let size = 0
      let text = ''
      response.on('data', (chunk) => {
        size += chunk.byteLength
        text += chunk.toString('utf8')
        if (size <= MAX_SOURCE_BYTES) return
        asked.destroy()
        reject(new Error('the answer is too large'))
      })
      response.on('error', () => reject(new Error('the answer broke off')))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
