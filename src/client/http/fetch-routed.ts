/** Sends one request by its route: with the platform's `fetch`, or with Node's client without a proxy. */
import { builtIn } from '../built-in.ts'
import { chooseRoute } from './route.ts'

/**
 * Behaves as the platform's `fetch`, but sends a request that must not pass a proxy directly. Rejects
 * with `ProxyFault` if the request must not be sent.
 */
export async function fetchRouted(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  // Only a caller of the SDK passes a `Request`, so the platform's `fetch` handles it.
  if (input instanceof Request) return globalThis.fetch(input, init)
  const url = new URL(input)
  const route = chooseRoute(url)
  if (route.kind === 'refused') throw new ProxyFault(route.reason)
  return route.kind === 'direct' ? fetchDirect(url, init ?? {}) : globalThis.fetch(url, init)
}

/** Why a request was not sent. The message names the variable and the host. */
export class ProxyFault extends Error {}

/** Uses Node's HTTP client with a new agent, because only the global agent uses proxies. */
async function fetchDirect(url: URL, { method, headers, body, signal }: RequestInit) {
  try {
    const { Agent, request } = builtIn(url.protocol === 'https:' ? 'node:https' : 'node:http')
    const target = {
      protocol: url.protocol,
      // Only URLs write an IPv6 address in brackets.
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
    // The same error that `fetch` throws.
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
