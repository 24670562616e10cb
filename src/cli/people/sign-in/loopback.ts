/**
 * The server that receives the answer of the provider from the browser (RFC 8252 §7.3). It listens
 * on a loopback address, for one answer.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isLoopbackName } from '../../../web/host.ts'
import { describeStartFailure } from '../../operate/start-failure.ts'
import { usageFailure } from '../../shell/failure.ts'
import { LOOPBACK_CLOSE_MILLISECONDS } from '../../shell/limits.ts'

export type Loopback = {
  readonly redirectUri: string
  /** Resolves to the parameters of the answer. */
  readonly answered: Promise<URLSearchParams>
  /** Tells the browser how the login ended, and stops the server. */
  readonly finish: (message: string) => Promise<void>
}

/** Parses `--redirect-uri`. Without a port, a free one is used. */
export function parseRedirectUri(text: string): URL {
  const fault = '--redirect-uri must be an http URL on 127.0.0.1, [::1] or localhost, with a path'
  if (!URL.canParse(text)) throw usageFailure(fault)
  const url = new URL(text)
  const isPlain = url.protocol === 'http:' && isLoopbackName(url.hostname)
  const hasMore = `${url.search}${url.hash}${url.username}${url.password}` !== ''
  if (!isPlain || hasMore || url.href !== text) throw usageFailure(fault)
  return url
}

export async function startLoopback(wanted: URL): Promise<Loopback> {
  const answer = defer<URLSearchParams>()
  const outcome = defer<string>()
  let uri = wanted
  const server = createServer((request, response) => {
    const end = (status: number, text: string) => {
      response.writeHead(status, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        connection: 'close',
      })
      response.end(`<!doctype html><html lang="en"><title>edgemint</title><p>${text}</p></html>`)
    }
    // Not parsed as a URL: every page can send a target such as `//`, which is none.
    const [path, query] = (request.url ?? '').split(/\?(.*)/s)
    // A page with a name of its own that leads to this machine is not the provider (LGN-01).
    const isForUs = request.headers.host === uri.host && path === uri.pathname
    if (request.method !== 'GET' || !isForUs) {
      end(404, 'Not found.')
      return
    }
    answer.resolve(new URLSearchParams(query))
    outcome.promise.then((message) => end(200, message)).catch(() => response.destroy())
  })
  const host = wanted.hostname === 'localhost' ? '127.0.0.1' : wanted.hostname.replace(/[[\]]/g, '')
  await listen(server, Number(wanted.port), host)
  const { port } = server.address() as AddressInfo
  uri = new URL(wanted.href)
  uri.port = String(port)
  return {
    redirectUri: uri.href,
    answered: answer.promise,
    async finish(message) {
      outcome.resolve(message)
      await close(server)
    },
  }
}

function defer<Value>() {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    throw await describeStartFailure(error, host, port, '--redirect-uri')
  }
}

/** The browser has its answer in milliseconds. A connection without a request is closed. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), LOOPBACK_CLOSE_MILLISECONDS).unref()
  })
}
