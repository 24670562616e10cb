/**
 * An API in Fastify that accepts only tokens of its gateway. A plugin protects every route of a
 * scope, and a hook requires one more scope for one route.
 */
import { createVerifier, describeResource } from 'edgemint/verify'
import { guardRoutes, requireToken, serveMetadata, tokenOf } from 'edgemint/verify/fastify'
import fastify, { type FastifyInstance } from 'fastify'

export type Settings = { readonly issuer: string; readonly audience: string }

export async function createApp({ issuer, audience }: Settings): Promise<FastifyInstance> {
  const resource = describeResource({ resource: audience, authorizationServers: [issuer] })
  const verifier = createVerifier({
    issuer,
    audience,
    scopes: ['deploy:read'],
    resourceMetadata: resource.url,
  })
  await verifier.prefetch().catch(() => {})
  const canWrite = requireToken(verifier.narrow({ scopes: ['deploy:write'] }))

  const app = fastify()
  app.register(serveMetadata, { resource })
  app.get('/health', async () => ({ ok: true }))
  app.register(async (api) => {
    api.register(guardRoutes, { verifier })
    api.get('/deployments', async (request) => ({ caller: tokenOf(request).subject }))
    api.post<{ Body: { version: string } }>(
      '/deployments',
      { onRequest: canWrite },
      async (request, reply) => {
        reply.code(201)
        return { deployed: request.body.version, allowed_by: tokenOf(request).clientId }
      },
    )
  })
  return app
}
