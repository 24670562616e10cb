/**
 * The HTTP server of a self-hosted gateway, with TLS or behind proxies. It relays requests to
 * workerd, and tells the Worker the address and the certificate of the client. It answers `/ready`
 * itself. `graceful-stop.ts` ends it without ending requests. All else is the Worker's.
 */

import { SSL_OP_NO_TICKET } from 'node:constants'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { endAnswer } from '../early-answer/end-answer.ts'
import { answerUnreadable, isBehindLast } from '../early-answer/unreadable.ts'
import {
  CONNECTION_CHECK_MILLISECONDS,
  HANDSHAKE_MILLISECONDS,
  HEAD_MILLISECONDS,
  KEEP_ALIVE_MILLISECONDS,
  MAX_REFUSALS,
  MAX_REQUEST_HEAD_BYTES,
  REQUEST_MILLISECONDS,
  SILENCE_MILLISECONDS,
} from '../limits.ts'
import { GATEWAY_METHODS, NO_TUNNEL, type Upstream } from '../serve/front.ts'
import type { Certificate } from './certificate.ts'
import type { TrustedProxies } from './client-address.ts'
import { describeConnection } from './connection.ts'
import { findFramingFault } from './framing.ts'
import { followConnections } from './graceful-stop.ts'
import { refuse, relayRequest, UpstreamAgent } from './relay.ts'
import { settleTarget } from './target.ts'

export type ProductionFrontOptions = {
  /** 0 picks a free port. */
  readonly port: number
  readonly host: string
  readonly maxConnections: number
  /** The key by which the Worker knows the header of this front. */
  readonly frontKey: string
  readonly proxies: TrustedProxies
  /** Undefined: plain HTTP, behind proxies. */
  readonly certificate: Certificate | undefined
  /** Returns where workerd listens. Rejects while workerd is down. */
  readonly findUpstream: () => Promise<Upstream>
  readonly describeReadiness: () => Promise<{ readonly isReady: boolean; readonly report: object }>
}

export type ProductionFront = {
  readonly port: number
  readonly useCertificate: (certificate: Certificate) => void
  /** From now on, each answer asks its client to close the connection. */
  readonly announceStop: () => void
  /** Accepts nothing more, and lets requests end. Returns how many did not end in time. */
  readonly drain: (milliseconds: number) => Promise<number>
  readonly close: () => Promise<void>
}

const READY_PATH = '/ready'

/** Rejects with the error of the system when the address cannot be used. */
export async function openProductionFront(
  options: ProductionFrontOptions,
): Promise<ProductionFront> {
  const agent = new UpstreamAgent()
  const connections = followConnections()

  function handle(request: IncomingMessage, response: ServerResponse): void {
    connections
      .begin(response)
      .then(() => answer(request, response))
      // A rejection that nothing handles would end the gateway.
      .catch(() => refuse(response, 500, 'the request cannot be answered'))
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isBehindLast(connections.open, response)) return
    if (connections.count() > options.maxConnections) {
      response.shouldKeepAlive = false
      refuse(response, 503, 'too many connections are open')
      return
    }
    // Node reads a request line of `HTTP/2.0` too, as one of HTTP/1.1.
    if (request.httpVersionMajor !== 1) {
      response.shouldKeepAlive = false
      refuse(response, 505, 'the gateway speaks HTTP/1.1')
      return
    }
    const framingFault = findFramingFault(request)
    // What follows may be a part of the body (RFC 9112 §6.3).
    if (framingFault !== undefined) response.shouldKeepAlive = false
    const fault = framingFault ?? settleTarget(request)
    if (fault !== undefined) refuse(response, 400, fault)
    else if (request.url?.split('?')[0] === READY_PATH) await answerReadiness(request, response)
    else await relay(request, response)
  }

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { frontKey: key, proxies } = options
    const connection = describeConnection(request, proxies)
    // Nobody reads the answer, and no limit would count the request.
    if (connection === undefined) {
      response.destroy()
      return
    }
    try {
      const upstream = await options.findUpstream()
      relayRequest({ request, response, upstream, agent, key, connection })
    } catch {
      refuse(response, 503, 'the gateway is starting')
    }
  }

  async function answerReadiness(request: IncomingMessage, response: ServerResponse) {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'use GET', { allow: 'GET, HEAD' })
      return
    }
    const { isReady, report } = await options.describeReadiness()
    const body = `${JSON.stringify(report)}\n`
    response.writeHead(isReady ? 200 : 503, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    endAnswer(response, request.method === 'HEAD' ? undefined : body)
  }

  const server = createFront(options.certificate, handle)
  answerUnreadable(server, {
    maxHeadBytes: MAX_REQUEST_HEAD_BYTES,
    noTunnel: NO_TUNNEL,
    allow: GATEWAY_METHODS,
    open: connections.open,
  })
  server.on('connection', connections.add)
  server.maxConnections = options.maxConnections + MAX_REFUSALS
  const port = await listen(server, options)
  return {
    port,
    useCertificate(certificate) {
      if ('setSecureContext' in server) server.setSecureContext(describeTls(certificate))
    },
    announceStop: connections.announceStop,
    drain: (milliseconds) => connections.drain(server, milliseconds),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      connections.destroy()
      agent.destroy()
      await closed
    },
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

function createFront(certificate: Certificate | undefined, handle: Handler): Server | TlsServer {
  const options = {
    maxHeaderSize: MAX_REQUEST_HEAD_BYTES,
    headersTimeout: HEAD_MILLISECONDS,
    requestTimeout: REQUEST_MILLISECONDS,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    connectionsCheckingInterval: CONNECTION_CHECK_MILLISECONDS,
    noDelay: true,
    // `settleTarget` refuses none and more than one.
    requireHostHeader: false,
  }
  const server =
    certificate === undefined
      ? createServer(options, handle)
      : createTlsServer(
          {
            ...options,
            ...describeTls(certificate),
            handshakeTimeout: HANDSHAKE_MILLISECONDS,
          },
          handle,
        )
  server.setTimeout(SILENCE_MILLISECONDS + KEEP_ALIVE_MILLISECONDS)
  // A scanner that speaks no TLS is no fault of the gateway.
  server.on('tlsClientError', () => {})
  return server
}

/**
 * With client certificates, each connection does a full handshake. A resumed session would keep a
 * certificate whose authority has been taken out of the file.
 */
function describeTls({ cert, key, ca }: Certificate) {
  const base = { cert, key, minVersion: 'TLSv1.2' as const }
  if (ca === undefined) return base
  const clients = { ca, requestCert: true, rejectUnauthorized: false }
  return { ...base, ...clients, secureOptions: SSL_OP_NO_TICKET }
}

function listen(
  server: Server | TlsServer,
  { port, host }: Pick<ProductionFrontOptions, 'port' | 'host'>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
