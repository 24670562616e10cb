/** An upstream that refuses a large request before it has read the body, and closes the connection. */
import { request } from 'node:http'
import type { Socket } from 'node:net'

/** More than the buffers of all sockets between the program and the upstream. */
export const LARGE_BODY = Buffer.alloc(32 * 1024 * 1024)

/** Answers as soon as the head has arrived. To close with unread data resets the connection. */
export function refuseEarly(socket: Socket): void {
  socket.on('error', () => {})
  socket.once('data', () => {
    socket.pause()
    const head = 'HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\n'
    socket.write(`${head}big`, () => socket.destroy())
  })
}

/** Sends the large body. Returns the status and the body of the answer. */
export function putLarge(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT', headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += String(chunk)
      })
      response.once('end', () => resolve(`${response.statusCode} ${body}`))
    })
    sent.once('error', reject)
    sent.end(LARGE_BODY)
  })
}
