/**
 * The connections of a server and the answers that have not ended, so that the server can stop
 * without ending a request. What is answered is `front.ts`' work.
 */
import type { Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { FIRST_REQUEST_MILLISECONDS, MAX_WAITING_CONNECTIONS } from '../limits.ts'

export type Connections = {
  /** The answers that have not ended. */
  readonly open: ReadonlySet<ServerResponse>
  readonly count: () => number
  /** Adds an accepted connection until it closes. */
  readonly add: (socket: Socket) => void
  /** Adds an answer until it ends. Resolves when it may be sent. */
  readonly begin: (response: ServerResponse) => Promise<void>
  /** From now on, each answer asks its client to close the connection. */
  readonly announceStop: () => void
  /** Accepts nothing more, and lets requests end. Returns how many did not end in time. */
  readonly drain: (server: Server | TlsServer, milliseconds: number) => Promise<number>
  readonly destroy: () => void
}

export function followConnections(): Connections {
  const sockets = new Set<Socket>()
  const open = new Set<ServerResponse>()
  let isStopping = false
  let accepted = 0
  let mayAnswer = Promise.resolve()
  let whenEnded: (() => void) | undefined

  function announceStop(): void {
    isStopping = true
    for (const response of open) response.shouldKeepAlive = false
  }

  /**
   * Accepts the connections that wait, because closing the port resets them. Node accepts one in each
   * turn. Requests wait meanwhile: each answer would make its client connect again.
   */
  async function acceptWaiting(): Promise<void> {
    let resume = () => {}
    mayAnswer = new Promise((resolve) => {
      resume = resolve
    })
    let before: number
    let turns = 0
    do {
      before = accepted
      turns += 1
      await new Promise((resolve) => setImmediate(resolve))
    } while (accepted > before && turns < MAX_WAITING_CONNECTIONS)
    resume()
  }

  /** Waits for the open requests, and shortly for the first one of a new connection. */
  async function awaitEnd(milliseconds: number): Promise<void> {
    let awaitsFirst = true
    const timers: NodeJS.Timeout[] = []
    await new Promise<void>((resolve) => {
      whenEnded = () => {
        if (sockets.size === 0 || (!awaitsFirst && open.size === 0)) resolve()
      }
      const stopWaiting = () => {
        awaitsFirst = false
        whenEnded?.()
      }
      timers.push(setTimeout(stopWaiting, Math.min(milliseconds, FIRST_REQUEST_MILLISECONDS)))
      timers.push(setTimeout(resolve, milliseconds))
      whenEnded()
    })
    for (const timer of timers) clearTimeout(timer)
  }

  return {
    open,
    count: () => sockets.size,
    add(socket) {
      accepted += 1
      sockets.add(socket)
      socket.once('close', () => {
        sockets.delete(socket)
        whenEnded?.()
      })
    },
    begin(response) {
      open.add(response)
      response.once('close', () => {
        open.delete(response)
        whenEnded?.()
      })
      if (isStopping) response.shouldKeepAlive = false
      return mayAnswer
    },
    announceStop,
    async drain(server, milliseconds) {
      announceStop()
      await acceptWaiting()
      server.close()
      server.closeIdleConnections()
      await awaitEnd(milliseconds)
      return open.size
    },
    destroy() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
