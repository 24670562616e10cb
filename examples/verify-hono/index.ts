/**
 * An API on Hono that requires a scope for each route, and serves metadata that tells clients which
 * gateway to use. It runs on Workers. On other platforms, call `createApp` with your settings.
 */
import { createVerifier, describeResource } from 'edgemint/verify'
import { requireToken, type TokenVariables } from 'edgemint/verify/hono'
import { type ExecutionContext, Hono } from 'hono'

type Bindings = { readonly ISSUER: string; readonly AUDIENCE: string }
type App = { Bindings: Bindings; Variables: TokenVariables }

export function createApp({ ISSUER, AUDIENCE }: Bindings): Hono<App> {
  const resource = describeResource({
    resource: AUDIENCE,
    authorizationServers: [ISSUER],
    scopes: ['deploy:read', 'deploy:write'],
  })
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    resourceMetadata: resource.url,
  })
  const canRead = requireToken<App>(verifier.narrow({ scopes: ['deploy:read'] }))
  const canWrite = requireToken<App>(verifier.narrow({ scopes: ['deploy:write'] }))

  const app = new Hono<App>()
  app.all('/.well-known/*', (c) => resource.respond(c.req.raw) ?? c.notFound())
  app.get('/deployments', canRead, (c) => c.json({ caller: c.get('token').subject }))
  app.post('/deployments', canWrite, async (c) => {
    const { version } = await c.req.json<{ version: string }>()
    return c.json({ deployed: version, allowed_by: c.get('token').clientId }, 201)
  })
  return app
}

// The bindings arrive with the first request. The app is kept, with the gateway's keys.
let app: Hono<App> | undefined

export default {
  fetch(request: Request, env: Bindings, context: ExecutionContext): Response | Promise<Response> {
    app ??= createApp(env)
    return app.fetch(request, env, context)
  },
}
