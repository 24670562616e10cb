/** Bytes to a server and what comes back: requests that no HTTP client would send. */
import { connect, type Socket } from 'node:net'

/** Everything that comes back on one connection, until the server closes it. */
export function sendRaw(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = openSocket(url)
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    // A server that breaks off has not said yes either.
    socket.on('error', () => {})
    socket.once('close', () => resolve(answer))
    socket.write(text, 'latin1')
  })
}

export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname.replace(/^\[|\]$/g, ''))
}

/** The statuses of an answer, which may be several on one connection. */
export function statusesOf(answer: string): readonly number[] {
  return [...answer.matchAll(/HTTP\/1\.[01] ([0-9]{3}) /g)].map(([, status]) => Number(status))
}

/** A request without a body, or with the one that is given. */
export function renderRequest(
  line: string,
  hosts: readonly string[],
  more: readonly string[] = [],
): string {
  const fields = [...hosts.map((host) => `Host: ${host}`), ...more, 'Connection: close']
  return `${line}\r\n${fields.join('\r\n')}\r\n\r\n`
}
