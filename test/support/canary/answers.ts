/**
 * Searches HTTP responses that a test receives, and those that a server in its process sends. A
 * response that may contain an issued token is searched only for the canary. A response of an
 * issuer with a subject token is not searched.
 */
import { ServerResponse } from 'node:http'
import { look, lookForCanary } from './watch.ts'

const pending = new Set<Promise<void>>()

/** Paths at which the dev issuer or a test returns subject tokens. */
const PLATFORM = /\/(mint|sign|people\/token)$/

let isWatching = false

/** Runs once per process. A process can run many files. */
export function watchAnswers(): void {
  if (isWatching) return
  isWatching = true
  const fetchIt = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const response = await fetchIt(input, init)
    const { pathname } = new URL(response.url)
    if (PLATFORM.test(pathname) && response.ok) return response
    const seen = lookAtResponse(pathname, response.clone()).finally(() => pending.delete(seen))
    pending.add(seen)
    return response
  }
  watchServers()
}

async function lookAtResponse(pathname: string, response: Response): Promise<void> {
  try {
    const text = `${[...response.headers].flat().join(' ')} ${await response.text()}`
    lookAtAnswer(pathname, response.status, text)
  } catch {
    // The response was cut off. The code that reads it handles this.
  }
}

/** A success response can contain an issued token. A refusal contains none. */
export function lookAtAnswer(pathname: string, status: number, text: string): void {
  const isGood = status < 400
  const where = `${status} of ${pathname.slice(0, 100)}`
  if (isGood) lookForCanary('answers', where, text)
  else look('answers', where, text)
}

/** Searches the error responses of servers in this process. */
function watchServers(): void {
  const { end } = ServerResponse.prototype
  ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
    const [body] = args
    if (this.statusCode >= 400 && (typeof body === 'string' || Buffer.isBuffer(body))) {
      look('answers', `${this.statusCode} of a server of the test`, body.toString())
    }
    return Reflect.apply(end, this, args)
  } as typeof end
}

/** Waits for responses that are still being read. */
export async function seeAllAnswers(): Promise<void> {
  await Promise.all(pending)
}
