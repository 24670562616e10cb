/**
 * The border to the machine that a workload runs on: its environment, files, processes and local
 * sockets. It loads where there are none of these, such as in Workers and browsers. Tests bring a
 * platform of their own.
 */
import { readBounded } from '../web/read-bounded.ts'
import { builtIn, type Environment, findProcess, type NodeAnswer } from './built-in.ts'
import { fetchRouted } from './http/fetch-routed.ts'
import { MAX_SOURCE_BYTES } from './limits.ts'

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

/** The machine that this code runs on. */
export function findPlatform(): Platform {
  const environment = findProcess()?.env ?? {}
  return { environment, fetch: fetchRouted, readFile, run, postToSocket }
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
  const response = await new Promise<NodeAnswer>((resolve, reject) => {
    const asked = request(options, resolve)
    asked.on('error', reject)
    asked.end(body)
  })
  const bytes = await readBounded(response, MAX_SOURCE_BYTES)
  if (bytes === undefined) throw new Error(TOO_LARGE)
  return { status: response.statusCode ?? 0, text: new TextDecoder().decode(bytes) }
}
