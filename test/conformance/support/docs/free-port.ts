/** A port for a server that is started later, by a command that names it. */
import { createServer } from 'node:net'

/** Below those that systems give to connections, so that none of them takes it meanwhile. */
const FIRST = 20_000
const COUNT = 12_000

export async function freePort(): Promise<string> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (await isFree(port)) return String(port)
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
