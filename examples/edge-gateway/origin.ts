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
