/** Finds a port for a server that a command starts later. */
import { createServer } from 'node:net'

/** Below the ephemeral ports, so that no outgoing connection takes it meanwhile. */
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
