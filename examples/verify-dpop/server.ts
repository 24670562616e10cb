/**
 * An API that accepts only tokens that are bound to a key of the caller (DPoP), with `node:http`.
 * PUBLIC_URL is the URL under which clients reach it, such as that of a load balancer.
 */
import { createServer } from 'node:http'
import { requireToken, tokenOf } from 'edgemint/verify/connect'

const { ISSUER = 'https://sts.example.com', AUDIENCE = 'https://api.example.com' } = process.env
const { PUBLIC_URL = AUDIENCE, PORT = '8080', NONCE_SECRET } = process.env

const canRead = requireToken({
  issuer: ISSUER,
  audience: AUDIENCE,
  scopes: ['deploy:read'],
  proofOfPossession: 'required',
  publicUrl: PUBLIC_URL,
  // Each proof needs a nonce of this API, so that no proof can be made in advance. All processes of
  // the API need the same secret.
  proofNonce: { secret: NONCE_SECRET },
})

const server = createServer((request, response) => {
  canRead(request, response, (error) => {
    response.setHeader('content-type', 'application/json')
    if (error !== undefined) {
      response.writeHead(500).end('{"error":"server_error"}')
      return
    }
    const { subject, claims } = tokenOf(request)
    response.end(JSON.stringify({ caller: subject, bound_to: claims.cnf }))
  })
})
server.listen(Number(PORT), '127.0.0.1', () => console.log(JSON.stringify({ url: PUBLIC_URL })))
