/** Returns a port of this machine that no program listens on. */
import { createServer } from 'node:net'

/**
 * Below the ephemeral ports, where a connection or a server of another test could take it at any
 * time, and apart from the ports of `test/conformance/support/docs/free-port.ts`.
 */
const FIRST = 10_000
const COUNT = 10_000

export async function closedPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (await isClosed(port)) return port
  }
}

function isClosed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
