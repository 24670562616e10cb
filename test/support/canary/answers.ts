/**
 * Watches the answers that a test gets over HTTP, and those that a server in its own process gives.
 * Where an answer is the place of a token, the canary is looked for alone; where it is the place of
 * a subject token, at an issuer, nothing is.
 */
import { ServerResponse } from 'node:http'
import { look, lookForCanary } from './watch.ts'

const pending = new Set<Promise<void>>()

/** Paths at which a platform, played by the dev issuer or by a test, hands out subject tokens. */
const PLATFORM = /\/(mint|sign)$/

let isWatching = false

/** Once per process, which may run many files. */
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
    // It was cut off, which its reader has to deal with.
  }
}

/** A good answer may hold an issued token; a refusal holds none. */
export function lookAtAnswer(pathname: string, status: number, text: string): void {
  const isGood = status < 400
  const where = `${status} of ${pathname.slice(0, 100)}`
  if (isGood) lookForCanary('answers', where, text)
  else look('answers', where, text)
}

/** What a server in this process refuses with. */
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

/** Answers that are still being read. */
export async function seeAllAnswers(): Promise<void> {
  await Promise.all(pending)
}
