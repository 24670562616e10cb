/** A keep-alive connection on which one request is under way at a time. */
import { connect, type Socket } from 'node:net'
import { type Answer, createAnswerReader } from './answer.ts'

export type Connection = {
  readonly ask: (request: Buffer) => Promise<Answer>
  readonly close: () => void
}

type Waiting = {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** The server may close the connection between two requests; then the next one opens another. */
export function createConnection(host: string, port: number): Connection {
  let socket: Socket | undefined
  let waiting: Waiting | undefined

  function settle(): Waiting | undefined {
    const settled = waiting
    waiting = undefined
    return settled
  }

  function open(): Socket {
    const reader = createAnswerReader()
    const opened = connect({ host, port, noDelay: true })
    const fail = (error: Error) => {
      if (socket === opened) socket = undefined
      opened.destroy()
      settle()?.reject(error)
    }
    opened.on('data', (bytes) => {
      try {
        const answer = reader.read(bytes)
        if (answer === undefined) return
        if (answer.closes) {
          socket = undefined
          opened.destroy()
        }
        settle()?.resolve(answer)
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
      }
    })
    opened.on('error', fail)
    opened.on('close', () => {
      if (socket === opened) fail(new Error('the connection was closed before the answer'))
    })
    return opened
  }

  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket ??= open()
        socket.write(request)
      })
    },
    close() {
      const open = socket
      socket = undefined
      open?.destroy()
    },
  }
}
