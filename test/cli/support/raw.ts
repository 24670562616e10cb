/** Sends raw bytes to a server, for requests that no HTTP client would send. */
import { connect, type Socket } from 'node:net'

/**
 * Sends these bytes, and returns all bytes that the server sends until it closes the connection.
 */
export function sendRaw(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = openSocket(url)
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    // A server may also refuse by resetting the connection. `close` follows.
    socket.on('error', () => {})
    socket.once('close', () => resolve(answer))
    socket.write(text, 'latin1')
  })
}

export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname.replace(/^\[|\]$/g, ''))
}

/** Returns the status of each response on one connection. */
export function statusesOf(answer: string): readonly number[] {
  return [...answer.matchAll(/HTTP\/1\.[01] ([0-9]{3}) /g)].map(([, status]) => Number(status))
}

/** Renders a request without a body. */
export function renderRequest(
  line: string,
  hosts: readonly string[],
  more: readonly string[] = [],
): string {
  const fields = [...hosts.map((host) => `Host: ${host}`), ...more, 'Connection: close']
  return `${line}\r\n${fields.join('\r\n')}\r\n\r\n`
}
