/** A reverse proxy that asks /verify about each request, as the proxies of docs/forward-auth.md do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ForwardAuthProxy = { readonly url: string; readonly close: () => void }

/** `question` returns the query of /verify for the URL of the proxy. */
export async function startForwardAuthProxy(
  gatewayUrl: string,
  question: (proxyUrl: string) => Readonly<Record<string, string>>,
): Promise<ForwardAuthProxy> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, dpop } = request.headers
    const verdict = await fetch(`${gatewayUrl}/verify?${new URLSearchParams(question(url))}`, {
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(dpop === undefined ? {} : { dpop: String(dpop) }),
        'x-forwarded-method': request.method ?? '',
        'x-forwarded-uri': request.url ?? '',
      },
    })
    if (verdict.status !== 200) {
      const challenge = verdict.headers.get('www-authenticate')
      const headers = challenge === null ? {} : { 'www-authenticate': challenge }
      response.writeHead(verdict.status, headers).end(await verdict.text())
      return
    }
    response.end(JSON.stringify({ caller: verdict.headers.get('x-edgemint-subject') }))
  }

  return { url, close: () => void server.close() }
}
