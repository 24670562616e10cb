/**
 * A real forward proxy that records its requests, and a TLS server named `edgemint.example` behind it.
 * Only the proxy can reach that server by its name.
 */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, afterEach } from 'vitest'
import { makeSelfSigned } from '../../support/self-signed.ts'
import { createScratch } from './run.ts'

export const HOST = 'edgemint.example'

async function listen(server: Server, close: () => void): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    close()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** Starts the TLS server. It accepts an upgrade and echoes its bytes. */
export async function startRemote(answer: RequestListener) {
  const { certificate, privateKey } = makeSelfSigned(HOST)
  const asked: IncomingMessage[] = []
  const server = createTlsServer({ cert: certificate, key: privateKey }, (request, response) => {
    asked.push(request)
    answer(request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    asked.push(request)
    socket.on('error', () => socket.destroy())
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    socket.pipe(socket)
  })
  const port = await listen(server, () => server.closeAllConnections())
  const authority = createScratch()('authority.pem', certificate)
  return { port, asked, authority }
}

export async function startForwardProxy(remotePort: number) {
  const seen: string[] = []
  const logins: (string | undefined)[] = []
  const sockets = new Set<Duplex>()
  let refusal: number | undefined
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.writeHead(502).end()
  })
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    seen.push(`CONNECT ${request.url}`)
    logins.push(request.headers['proxy-authorization'])
    if (refusal !== undefined) {
      client.end(`HTTP/1.1 ${refusal} No\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const remote = connect(remotePort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.pipe(remote)
      remote.pipe(client)
    })
    for (const socket of [client, remote]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    client.on('close', () => remote.destroy())
    remote.on('close', () => client.destroy())
  })
  const port = await listen(server, () => {
    server.closeAllConnections()
    for (const socket of sockets) socket.destroy()
  })
  afterEach(() => {
    seen.length = 0
    logins.length = 0
    refusal = undefined
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    seen,
    logins,
    /** Answers every CONNECT with this status until the test ends. */
    refuse: (status: number) => {
      refusal = status
    },
    environment: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: url, HTTPS_PROXY: url },
  }
}
