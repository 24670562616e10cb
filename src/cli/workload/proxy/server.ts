/**
 * The server of the proxy. It accepts or refuses each request, finds its upstream and forwards it.
 * Node's parser runs in strict mode, whatever the environment says.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProofKey } from '../../../client/index.ts'
import { answerUnreadable, endAfterOpen, isBehindLast } from '../../../dev/early-answer/in-house.ts'
import {
  DRAIN_MILLISECONDS,
  HEAD_MILLISECONDS,
  KEEP_ALIVE_MILLISECONDS,
  MAX_CONNECTIONS,
  MAX_HEAD_BYTES,
} from '../../shell/limits.ts'
import { type Admission, checkRequest } from './admission.ts'
import { createAgents } from './agents.ts'
import { bind } from './bind.ts'
import { type ForwardPorts, forward, type TokenPort } from './forward.ts'
import { hasBody } from './headers.ts'
import type { ListenAddress } from './listen-address.ts'
import { ENDING, NO_ROUTE, refuse, refuseSocket } from './respond.ts'
import { findDestination, type Routes } from './routes.ts'
import { forwardUpgrade, isWebSocket } from './upgrade.ts'

export type ProxyOptions = {
  readonly routes: Routes
  readonly admission: Admission
  readonly tokens: TokenPort
  /** The key to which the tokens are bound. Undefined for bearer tokens. */
  readonly proofKey?: ProofKey | undefined
  /** Called with a line for each request that was answered. */
  readonly onAnswer?: ((line: string) => void) | undefined
}

export type LocalProxy = {
  /** Starts to listen. Resolves with the address, including the port that was chosen. */
  readonly listen: (address: ListenAddress) => Promise<ListenAddress>
  /** Accepts no more requests, gives open ones some time to end, then closes all connections. */
  readonly close: () => Promise<void>
}

export function createProxy(options: ProxyOptions): LocalProxy {
  const { routes, admission, tokens, proofKey } = options
  const agents = createAgents(routes)
  const ports: ForwardPorts = { tokens, agents, pseudonym: admission.pseudonym, proofKey }
  const open = new Set<ServerResponse>()
  const upgraded = new Set<Duplex>()
  const refused = new WeakSet<Duplex>()
  let isEnding = false
  let onIdle: (() => void) | undefined

  const server = http.createServer(
    {
      insecureHTTPParser: false,
      // `checkRequest` requires it: a refusal of Node would leave the connection open.
      requireHostHeader: false,
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: HEAD_MILLISECONDS,
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
      // A client that offers h2c is answered by HTTP/1.1. Older versions of Node ignore this
      // option.
      shouldUpgradeCallback: isWebSocket,
    },
    answer,
  )
  server.maxConnections = MAX_CONNECTIONS

  function answer(request: IncomingMessage, response: ServerResponse): void {
    if (isBehindLast(open, response)) return
    open.add(response)
    const startedAt = Date.now()
    response.on('error', () => response.destroy())
    response.once('close', () => {
      open.delete(response)
      if (response.headersSent) logAnswer(request, response.statusCode, startedAt)
      if (open.size === 0) onIdle?.()
    })
    // Data behind a refused request may be a smuggled request.
    if (refused.has(request.socket)) {
      response.destroy()
      return
    }
    const refusal = isEnding ? ENDING : checkRequest(request, admission)
    const destination = findDestination(routes, request.url ?? '')
    if (refusal !== undefined) {
      refused.add(request.socket)
      refuse(response, refusal, true)
    } else if (destination === undefined) refuse(response, NO_ROUTE, hasBody(request))
    else forward(request, response, destination, ports).catch(() => response.destroy())
  }

  function answerUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    upgraded.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => upgraded.delete(socket))
    // The refusal closes the connection.
    if (refused.has(socket) || endAfterOpen(open, socket)) return
    const refusal = isEnding ? ENDING : checkRequest(request, admission)
    const destination = findDestination(routes, request.url ?? '')
    if (refusal !== undefined) refuseSocket(socket, refusal)
    else if (destination === undefined) refuseSocket(socket, NO_ROUTE)
    else forwardUpgrade(request, socket, head, destination, ports).catch(() => socket.destroy())
  }

  /** Logs no header value and no query, because both can contain secrets. */
  function logAnswer({ method, url = '' }: IncomingMessage, status: number, startedAt: number) {
    const path = url.split('?', 1)[0]
    options.onAnswer?.(`${method} ${path} ${status} ${Date.now() - startedAt} ms`)
  }

  server.on('upgrade', answerUpgrade)
  answerUnreadable(server, {
    maxHeadBytes: MAX_HEAD_BYTES,
    noTunnel: 'this proxy opens no tunnels: send requests to its own URL',
    allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    open,
  })

  return {
    listen: (address) => bind(server, address),
    async close() {
      isEnding = true
      server.close()
      if (open.size > 0) {
        await new Promise<void>((resolve) => {
          onIdle = resolve
          setTimeout(resolve, DRAIN_MILLISECONDS).unref()
        })
      }
      server.closeAllConnections()
      for (const socket of upgraded) socket.destroy()
      agents.destroy()
    },
  }
}
