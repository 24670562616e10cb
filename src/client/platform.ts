/**
 * The border to the machine that a workload runs on: its environment, files, processes and local
 * sockets. Node's built-ins are asked for when they are needed and never imported, so the door loads
 * where there are none, such as in Workers and browsers. Tests bring a platform of their own.
 */
import { MAX_SOURCE_BYTES } from './limits.ts'

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Everything that sources ask of the machine. Each function rejects with any error whatever. */
export type Platform = {
  readonly environment: Environment
  readonly fetch: typeof globalThis.fetch
  /** The text of a file that is not longer than a token may be. */
  readonly readFile: (path: string) => Promise<string>
  /** The stdout of a command that ended with 0. No shell takes part, and stderr is thrown away. */
  readonly run: (command: readonly string[], signal: AbortSignal | undefined) => Promise<string>
  /** The answer to JSON that was posted over HTTP on a Unix socket, whatever its status. */
  readonly postToSocket: (post: SocketPost) => Promise<SocketAnswer>
}

/** A POST of JSON over HTTP to a socket of this machine. */
export type SocketPost = {
  readonly socketPath: string
  readonly path: string
  readonly body: string
  readonly signal?: AbortSignal | undefined
}

/** What was answered on a socket: the status, and the body as text. */
export type SocketAnswer = { readonly status: number; readonly text: string }

/** What is used of Node's built-ins. Their own types are not to be had where the door loads. */
type Response = AsyncIterable<Uint8Array> & { readonly statusCode?: number }
type File = {
  readonly read: (buffer: Uint8Array) => Promise<{ readonly bytesRead: number }>
  readonly close: () => Promise<void>
}
type BuiltIns = {
  'node:fs/promises': {
    readonly open: (path: string) => Promise<File>
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
      answered: (response: Response) => void,
    ) => {
      on(event: 'error', listener: (error: Error) => void): void
      end(body: string): void
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
  return { environment, fetch, readFile, run, postToSocket }
}

/** The name is not declared where there is no Node; that it may be missing is what the type says. */
function findProcess(): Process | undefined {
  return (globalThis as { readonly process?: Process }).process
}

function builtIn<Name extends keyof BuiltIns>(name: Name): BuiltIns[Name] {
  const found = findProcess()?.getBuiltinModule?.(name)
  if (typeof found !== 'object' || found === null) throw new Error(`no ${name}`)
  return found as BuiltIns[Name]
}

const TOO_LARGE = 'too large'

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
    throw new Error(TOO_LARGE)
  } finally {
    await file.close()
  }
}

async function run(
  [file = '', ...args]: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const { execFile } = builtIn('node:child_process')
  return new Promise((resolve, reject) => {
    const bounds = { maxBuffer: MAX_SOURCE_BYTES, ...(signal && { signal }) }
    // One that catches the gentler signals must not hold us.
    const options = { ...bounds, killSignal: 'SIGKILL' }
    const child = execFile(file, args, options, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(error)
    })
    // A command that asks for something gets nothing; one that does not read is no error.
    child.stdin?.on('error', () => {})
    child.stdin?.end()
  })
}

async function postToSocket({ body, signal, ...target }: SocketPost): Promise<SocketAnswer> {
  const { request } = builtIn('node:http')
  const headers = { 'content-type': 'application/json' }
  const options = { ...target, method: 'POST', headers, ...(signal && { signal }) }
  const response = await new Promise<Response>((resolve, reject) => {
    const asked = request(options, resolve)
    asked.on('error', reject)
    asked.end(body)
  })
  const decoder = new TextDecoder()
  let size = 0
  let text = ''
  for await (const chunk of response) {
    size += chunk.byteLength
    if (size > MAX_SOURCE_BYTES) throw new Error(TOO_LARGE)
    text += decoder.decode(chunk, { stream: true })
  }
  return { status: response.statusCode ?? 0, text }
}
