/**
 * An origin behind the Worker. It verifies the signed identity offline with the Worker's public key,
 * and refuses every request without one.
 */
import { createServer } from 'node:http'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'

/** `edgeKeys` is the key set that the Worker publishes at `/.well-known/edge-keys.json`. */
export function createOrigin(edgeKeys: JSONWebKeySet, apiUrl: string) {
  const keys = createLocalJWKSet(edgeKeys)
  const expected = { issuer: apiUrl, audience: 'deployments-origin', typ: 'edgemint-identity+jwt' }
  return createServer(async (request, response) => {
    if (request.url === '/health') {
      response.end('ok')
      return
    }
    try {
      const identity = String(request.headers['x-edgemint-identity'])
      const { payload } = await jwtVerify(identity, keys, expected)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ caller: payload.sub, allowed_by: payload.client_id }))
    } catch {
      response.writeHead(403).end()
    }
  })
}

// `node examples/edge-gateway/origin.ts` starts it, after the Worker.
if (process.argv[1] === import.meta.filename) {
  const { WORKER = 'http://127.0.0.1:8788', AUDIENCE = '', PORT = '8080' } = process.env
  const edgeKeys = await fetch(`${WORKER}/.well-known/edge-keys.json`)
  const origin = createOrigin((await edgeKeys.json()) as JSONWebKeySet, AUDIENCE)
  origin.listen(Number(PORT), '127.0.0.1', () => {
    const address = origin.address()
    if (address === null || typeof address === 'string') throw new Error('not a TCP address')
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${address.port}` })}\n`)
  })
}
