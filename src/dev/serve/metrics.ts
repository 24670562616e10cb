/**
 * The `/metrics` of a local gateway, on a port of its own that only programs of this machine reach.
 * So Prometheus needs no token, and the address of the gateway does not serve it.
 */
import { createServer, type IncomingMessage, maxHeaderSize, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GatewayFacts } from '../../core/metrics/facts.ts'
import { chooseFormat, METRICS_CONTENT_TYPES, renderMetrics } from '../../core/metrics/render.ts'
import { RELEASE } from '../../protocol/release.ts'
import { answerUnreadable, listOpen } from '../early-answer/unreadable.ts'
import { refuseRequest } from '../issuer/admission.ts'

const HOST = '127.0.0.1'
const PATH = '/metrics'
const ALLOWED = 'GET, HEAD'

export type MetricsServer = { readonly url: string; readonly close: () => Promise<void> }

/** What the objects of the gateway report. A shard that does not answer is an empty list. */
export type OwnerFacts = Pick<GatewayFacts, 'revision' | 'keySets'> & {
  readonly shards: readonly (readonly GatewayFacts['shards'][number][])[]
}

/** Rejects with the error of the system when the port cannot be used. */
export async function serveMetrics(
  port: number,
  readFacts: () => Promise<OwnerFacts>,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    void answer(request, response, readFacts)
  })
  answerUnreadable(server, {
    maxHeadBytes: maxHeaderSize,
    noTunnel: 'this server is no proxy',
    allow: ALLOWED,
    open: listOpen(server),
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://${HOST}:${address.port}${PATH}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  readFacts: () => Promise<OwnerFacts>,
): Promise<void> {
  // Otherwise a page could read the metrics through a name that points to this machine (ADM-10).
  const refusal = refuseRequest(request, [HOST])
  if (refusal !== undefined) return refuse(response, refusal.status)
  // Only now, because an absolute target has become a path.
  const { method, url, headers } = request
  if (url?.split('?')[0] !== PATH) return refuse(response, 404)
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, { allow: ALLOWED })
  try {
    const { revision, keySets, shards } = await readFacts()
    const format = chooseFormat(headers.accept)
    const facts = { release: RELEASE, revision, keySets, shards: shards.map(([own]) => own) }
    response.writeHead(200, {
      'content-type': METRICS_CONTENT_TYPES[format],
      'cache-control': 'no-store',
    })
    response.end(method === 'HEAD' ? undefined : renderMetrics(facts, format))
  } catch {
    refuse(response, 503)
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'cache-control': 'no-store', ...headers })
  response.end()
}
