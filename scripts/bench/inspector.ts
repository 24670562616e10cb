/** A connection to one isolate over the inspector protocol of workerd. */

export type Inspector = {
  /** @throws for an error of the protocol. */
  readonly call: (method: string, params?: object) => Promise<unknown>
  readonly close: () => void
}

type Reply = {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** `host` is where Miniflare's inspector listens. */
export async function connectInspector(host: string, worker: string): Promise<Inspector> {
  const list = await fetch(`http://${host}/json`)
  const targets = (await list.json()) as { id: string; webSocketDebuggerUrl: string }[]
  const found = targets.find(({ id }) => id.endsWith(worker))
  if (found === undefined) throw new Error(`${worker} has no inspector`)
  const socket = new WebSocket(found.webSocketDebuggerUrl)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error('no inspector')), { once: true })
  })
  let last = 0
  return {
    call(method, params = {}) {
      last += 1
      const id = last
      return new Promise((resolve, reject) => {
        const listen = ({ data }: MessageEvent) => {
          const reply = JSON.parse(String(data)) as Reply
          if (reply.id !== id) return
          socket.removeEventListener('message', listen)
          if (reply.error === undefined) resolve(reply.result)
          else reject(new Error(`${method}: ${reply.error.message}`))
        }
        socket.addEventListener('message', listen)
        socket.addEventListener('close', () => reject(new Error('the inspector closed')))
        socket.send(JSON.stringify({ id, method, params }))
      })
    },
    close() {
      socket.close()
    },
  }
}
