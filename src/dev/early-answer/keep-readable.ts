/** Sockets on which a server can answer while it is still being sent a request. */
import type { Socket } from 'node:net'

const readable = new WeakSet<Socket>()

/**
 * Lets a socket be read after a failed write, and returns it. A server that refuses a large body
 * answers and closes while the body is sent, which is an error of the write. Node would discard an
 * answer that has arrived but is not yet read. If there is no answer, reading fails.
 *
 * It changes an existing socket, because Node itself makes those of TLS and of an outbound proxy.
 */
export function keepReadable(socket: Socket): Socket {
  // A kept connection serves several requests.
  if (readable.has(socket)) return socket
  readable.add(socket)
  const { _write: write, _writev: writev } = socket
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, () => done())
  if (writev) socket._writev = (chunks, done) => writev.call(socket, chunks, () => done())
  return socket
}
