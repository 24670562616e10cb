/**
 * An API that uses only node:http. The middleware of `edgemint/verify/connect` is a function of
 * request, response and next, and needs no framework.
 */
import { createServer, type Server } from 'node:http'
import { requireToken, tokenOf } from 'edgemint/verify/connect'

export type Settings = { readonly issuer: string; readonly audience: string }

export function createApp({ issuer, audience }: Settings): Server {
  const canRead = requireToken({ issuer, audience, scopes: ['deploy:read'] })
  return createServer((request, response) => {
    canRead(request, response, (error) => {
      if (error !== undefined) {
        response.writeHead(500).end()
        return
      }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ caller: tokenOf(request).subject }))
    })
  })
}
