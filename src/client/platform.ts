/**
 * Access to the machine that a workload runs on: its environment, files, processes and local
 * sockets. The file also loads on platforms without these, such as Workers and browsers. Tests
 * provide their own platform.
 */
import { readBounded } from '../web/read-bounded.ts'
import { builtIn, type Environment, findProcess, type NodeAnswer } from './built-in.ts'
import { fetchRouted } from './http/fetch-routed.ts'
import { MAX_SOURCE_BYTES } from './limits.ts'

/** Everything that sources use of the machine. Each function may reject with any error. */
export type Platform = {
  readonly environment: Environment
  readonly fetch: typeof globalThis.fetch
  /** Returns the text of a file. Rejects if the file is larger than a token may be. */
  readonly readFile: (path: string) => Promise<string>
  /** Runs a command without a shell. Returns its stdout if it exits with 0, and discards stderr. */
  readonly run: (command: readonly string[], signal: AbortSignal | undefined) => Promise<string>
  /** Posts JSON over HTTP to a Unix socket. Returns the response, whatever its status. */
  readonly postToSocket: (post: SocketPost) => Promise<SocketAnswer>
}

/** A POST of JSON over HTTP to a socket of this machine. */
export type SocketPost = {
  readonly socketPath: string
  readonly path: string
  readonly body: string
  readonly signal?: AbortSignal | undefined
}

/** The response on a socket: the status, and the body as text. */
export type SocketAnswer = { readonly status: number; readonly text: string }

/** Returns the platform that this code runs on. */
export function findPlatform(): Platform {
  const environment = findProcess()?.env ?? {}
  return { environment, fetch: fetchRouted, readFile, run, postToSocket }
}

const TOO_LARGE = 'too large'

async function readFile(path: string): Promise<string> {
  const file = await builtIn('node:fs/promises').open(path)
  try {
    // Reads until the end, up to one byte more than the limit, because a pipe has no size.
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
    // A command that catches gentler signals must not delay the end.
    const options = { ...bounds, killSignal: 'SIGKILL' }
    const child = execFile(file, args, options, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(error)
    })
    // A command that reads stdin gets an empty input. One that does not read it is not an error.
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
