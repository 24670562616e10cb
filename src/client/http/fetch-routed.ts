/** One request by its route: the platform's `fetch`, or Node's own client around every proxy. */
import { builtIn } from '../built-in.ts'
import { chooseRoute } from './route.ts'

/**
 * The platform's `fetch`, except where a proxy would be in the way of a request that must not meet
 * one. Rejects with a `ProxyFault` for a request that may go nowhere.
 */
export async function fetchRouted(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  // A `Request` of a caller's own goes the caller's way.
  if (input instanceof Request) return globalThis.fetch(input, init)
  const url = new URL(input)
  const route = chooseRoute(url)
  if (route.kind === 'refused') throw new ProxyFault(route.reason)
  return route.kind === 'direct' ? fetchDirect(url, init ?? {}) : globalThis.fetch(url, init)
}

/** A sentence for people: it names a variable and a host. */
export class ProxyFault extends Error {}

/** By Node's own client with an agent of its own: only the global one knows of proxies. */
async function fetchDirect(url: URL, { method, headers, body, signal }: RequestInit) {
  try {
    const { Agent, request } = builtIn(url.protocol === 'https:' ? 'node:https' : 'node:http')
    const target = {
      protocol: url.protocol,
      // An address of IPv6 stands in brackets in URLs alone.
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: url.pathname + url.search,
    }
    const options = { ...target, method, headers: { ...headers, host: url.host } }
    const bounds = { agent: new Agent(), ...(signal && { signal }) }
    type Answer = Parameters<Parameters<typeof request>[1]>[0]
    const answer = await new Promise<Answer>((resolve, reject) => {
      const asked = request({ ...options, ...bounds }, resolve)
      asked.on('error', reject)
      asked.end(typeof body === 'string' ? body : undefined)
    })
    const fields = Object.entries(answer.headers).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    )
    const status = answer.statusCode ?? 0
    const hasBody = ![204, 205, 304].includes(status)
    if (!hasBody) answer.destroy()
    return new Response(hasBody ? streamOf(answer) : null, { status, headers: fields })
  } catch (cause) {
    // As `fetch` puts it.
    throw new TypeError('fetch failed', { cause })
  }
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
