/**
 * An API in Express 4 or 5 that accepts only tokens of its gateway. It loads the gateway's keys
 * before it listens, and both routes share them.
 */
import { createVerifier, describeResource } from 'edgemint/verify'
import { requireToken, serveMetadata, tokenOf } from 'edgemint/verify/connect'
import express from 'express'

export type Settings = { readonly issuer: string; readonly audience: string }

export async function createApp({ issuer, audience }: Settings): Promise<express.Express> {
  const resource = describeResource({
    resource: audience,
    authorizationServers: [issuer],
    scopes: ['deploy:read', 'deploy:write'],
  })
  const verifier = createVerifier({ issuer, audience, resourceMetadata: resource.url })
  // A failure is ignored: the first request tries again. The start does not depend on the gateway.
  await verifier.prefetch().catch(() => {})
  const canRead = requireToken(verifier.narrow({ scopes: ['deploy:read'] }))
  const canWrite = requireToken(verifier.narrow({ scopes: ['deploy:write'] }))

  const app = express()
  app.use(serveMetadata(resource))
  app.get('/deployments', canRead, (req, res) => {
    res.json({ caller: tokenOf(req).subject })
  })
  // `canWrite` comes before the body parser, so the body of a refused request is not read.
  app.post('/deployments', canWrite, express.json(), (req, res) => {
    res.status(201).json({ deployed: req.body.version, allowed_by: tokenOf(req).clientId })
  })
  return app
}
