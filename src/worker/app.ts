/**
 * The list of endpoints, and nothing else: one path, one route, one file. Paths are matched as
 * they were sent, undecoded, so there is one spelling of each (EXC-16).
 */
import { Hono } from 'hono'
import { renderUnavailable } from '../core/request/render.ts'
import { OAUTH_AUTHORIZATION_SERVER, OPENID_CONFIGURATION, PATHS } from '../protocol/paths.ts'
import { getComposition } from './compose.ts'
import type { AppEnv } from './context.ts'
import { locate } from './locate.ts'
import { requireAdmin } from './middleware/admin-auth.ts'
import { answerFailure, answerNotFound, refuseMethod } from './middleware/failures.ts'
import { respond } from './respond.ts'
import { getTrustRoute, putTrustRoute } from './routes/admin-trust.ts'
import { answerHealth } from './routes/health.ts'
import { introspectRoute } from './routes/introspect.ts'
import { jwksRoute, metadataRoute } from './routes/metadata.ts'
import { revokeRoute } from './routes/revoke.ts'
import { tokenRoute } from './routes/token.ts'

export function createApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>({
    getPath: (request, options) => locate(request, options?.env),
  })
  app.onError(answerFailure)
  app.notFound(answerNotFound)

  app.get(PATHS.health, async (c) =>
    answerHealth(await getComposition(c.env), (task) => c.executionCtx.waitUntil(task)),
  )

  // Everything below needs settings that are in order; without them it refuses.
  app.use(async function composeGateway(c, next) {
    const found = getComposition(c.env)
    const composition = found instanceof Promise ? await found : found
    if (!composition.ok) return respond(renderUnavailable())
    c.set('gateway', composition.gateway)
    return next()
  })

  app.post(PATHS.token, tokenRoute)
  app.post(PATHS.introspect, introspectRoute)
  app.post(PATHS.revoke, revokeRoute)
  app.get(PATHS.jwks, jwksRoute)
  app.get(OPENID_CONFIGURATION, metadataRoute)
  app.get(OAUTH_AUTHORIZATION_SERVER, metadataRoute)
  app.get(PATHS.adminTrust, requireAdmin('trust:read'), getTrustRoute)
  app.put(PATHS.adminTrust, requireAdmin('trust:write'), putTrustRoute)

  refuseMethod(app, ['POST'], [PATHS.token, PATHS.introspect, PATHS.revoke])
  refuseMethod(
    app,
    ['GET', 'HEAD'],
    [PATHS.health, PATHS.jwks, OPENID_CONFIGURATION, OAUTH_AUTHORIZATION_SERVER],
  )
  refuseMethod(app, ['GET', 'HEAD', 'PUT'], [PATHS.adminTrust])
  return app
}
