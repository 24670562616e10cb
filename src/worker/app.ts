/**
 * The list of endpoints, and nothing else: one path, one route, one file. Paths are matched
 * undecoded. Otherwise a guard in front could be passed by another spelling of a path (EXC-16).
 */
import { Hono } from 'hono'
import { OAUTH_AUTHORIZATION_SERVER, OPENID_CONFIGURATION, PATHS } from '../protocol/paths.ts'
import { getComposition } from './compose.ts'
import type { AppEnv } from './context.ts'
import { requireAdmin } from './http/admin-auth.ts'
import { answerFailure, answerNotFound } from './http/failures.ts'
import { composeGateway, withGateway } from './http/gateway.ts'
import { locate } from './http/locate.ts'
import { describeRateLimits, limitByAddress } from './http/rate-limits.ts'
import { getIssuersRoute } from './routes/admin/issuers.ts'
import { postRevocationRoute } from './routes/admin/revocations.ts'
import { getTrustProblemsRoute, getTrustRoute, putTrustRoute } from './routes/admin/trust.ts'
import { authorizeRoute } from './routes/authorize.ts'
import { answerHealth } from './routes/health.ts'
import { introspectRoute } from './routes/introspect.ts'
import { jwksRoute, metadataRoute } from './routes/metadata.ts'
import { revokeRoute } from './routes/revoke.ts'
import { trustSchemaRoute } from './routes/schemas.ts'
import { tokenRoute } from './routes/token.ts'
import { verifyRoute } from './routes/verify.ts'

/** The methods of each path. RFC 9110 demands 405 with `Allow` for any other (TE-01, AD-06). */
const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  [PATHS.token, ['POST']],
  [PATHS.authorize, ['GET', 'HEAD', 'POST']],
  [PATHS.introspect, ['POST']],
  [PATHS.revoke, ['POST']],
  [PATHS.health, ['GET', 'HEAD']],
  [PATHS.jwks, ['GET', 'HEAD']],
  [PATHS.wellKnownJwks, ['GET', 'HEAD']],
  [PATHS.trustSchema, ['GET', 'HEAD']],
  [OPENID_CONFIGURATION, ['GET', 'HEAD']],
  [OAUTH_AUTHORIZATION_SERVER, ['GET', 'HEAD']],
  [PATHS.adminTrust, ['GET', 'HEAD', 'PUT']],
  [PATHS.adminTrustProblems, ['GET', 'HEAD']],
  [PATHS.adminIssuers, ['GET', 'HEAD']],
  [PATHS.adminRevocations, ['POST']],
])

export function createApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>({
    getPath: (request, options) => locate(request, options?.env),
  })
  app.onError(answerFailure)
  app.notFound((c) => answerNotFound(c, METHODS.get(c.req.path)))

  app.get(PATHS.health, async (c) =>
    answerHealth(await getComposition(c.env), describeRateLimits(c.env), (task) =>
      c.executionCtx.waitUntil(task),
    ),
  )

  app.post(PATHS.token, limitByAddress(withGateway(tokenRoute)))
  app.post(PATHS.introspect, limitByAddress(withGateway(introspectRoute)))
  app.post(PATHS.revoke, limitByAddress(withGateway(revokeRoute)))
  // No limit by address: every question comes from the few addresses of a proxy, and one client
  // that floods it would take the API from all others. By any method: it is the client's.
  app.all(`${PATHS.verify}/*`, withGateway(verifyRoute))
  app.on(['GET', 'POST'], PATHS.authorize, authorizeRoute)
  app.get(PATHS.jwks, withGateway(jwksRoute))
  app.get(PATHS.wellKnownJwks, withGateway(jwksRoute))
  app.get(PATHS.trustSchema, trustSchemaRoute)
  app.get(OPENID_CONFIGURATION, withGateway(metadataRoute))
  app.get(OAUTH_AUTHORIZATION_SERVER, withGateway(metadataRoute))

  app.use(PATHS.adminTrust, composeGateway)
  app.get(PATHS.adminTrust, requireAdmin('trust:read'), getTrustRoute)
  app.put(PATHS.adminTrust, requireAdmin('trust:write'), putTrustRoute)
  app.use(PATHS.adminTrustProblems, composeGateway)
  app.get(PATHS.adminTrustProblems, requireAdmin('trust:read'), getTrustProblemsRoute)
  app.use(PATHS.adminRevocations, composeGateway)
  app.post(PATHS.adminRevocations, requireAdmin('revocations:write'), postRevocationRoute)
  app.use(PATHS.adminIssuers, composeGateway)
  app.get(PATHS.adminIssuers, requireAdmin('trust:read'), getIssuersRoute)
  return app
}
