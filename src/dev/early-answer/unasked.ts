/** Kept connections to a server that sends more than it was asked for. */
import type { Agent } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Closes a kept connection of an agent when bytes arrive on it between two requests, and returns the
 * agent. Node would read them as the answer to the next request, which may be of another client, and
 * every later answer would reach the wrong request (RFC 9112 §9.2, §9.3).
 */
export function closeUnasked<Kept extends Agent>(agent: Kept): Kept {
  const { keepSocketAlive, reuseSocket } = agent
  const watched = new WeakMap<Duplex, () => void>()
  agent.keepSocketAlive = (socket) => {
    const keeps: unknown = keepSocketAlive.call(agent, socket)
    const close = () => socket.destroy()
    watched.set(socket, close)
    socket.on('data', close).resume()
    // Node closes the connection if this is false. Its types do not say so.
    return keeps as undefined
  }
  agent.reuseSocket = (socket, request) => {
    const close = watched.get(socket)
    if (close !== undefined) socket.off('data', close)
    reuseSocket.call(agent, socket, request)
  }
  return agent
}
