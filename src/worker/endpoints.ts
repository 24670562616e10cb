/**
 * The table of endpoints: a row for each path with everything that is asked before its route runs
 * and said about it. Mounts, 405 answers, CORS, caching and docs/endpoints.md are made from it. An
 * endpoint is one file in `routes/` and one row.
 */
import type * as z from 'zod/mini'
import type { AdminScope } from '../contract/admin.ts'
import { trustDocumentSchema } from '../contract/trust-document.ts'
import { JWKS_MAX_AGE_SECONDS, METADATA_MAX_AGE_SECONDS } from '../core/limits.ts'
import { FORM_CONTENT_TYPE } from '../protocol/oauth.ts'
import { OAUTH_AUTHORIZATION_SERVER, OPENID_CONFIGURATION, PATHS } from '../protocol/paths.ts'
import type { AdminRoute, Route } from './context.ts'
import { getIssuersRoute } from './routes/admin/issuers.ts'
import { postRevocationRoute, revocationRequestSchema } from './routes/admin/revocations.ts'
import { getTrustProblemsRoute, getTrustRoute, putTrustRoute } from './routes/admin/trust.ts'
import { authorizeRoute } from './routes/authorize.ts'
import { healthRoute } from './routes/health.ts'
import { introspectRoute } from './routes/introspect.ts'
import { jwksRoute, metadataRoute } from './routes/metadata.ts'
import { revokeRoute } from './routes/revoke.ts'
import { trustSchemaRoute } from './routes/schemas.ts'
import { tokenRoute } from './routes/token.ts'
import { verifyRoute } from './routes/verify.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** A body as it goes over the wire, with its schema where there is one. */
export type Body = { readonly contentType: string; readonly schema?: z.core.$ZodType }

type Columns = {
  readonly path: string
  /** One row or several for a path, with different methods. HEAD comes with GET. */
  readonly methods: readonly Method[] | 'any'
  /** The paths below this one are served too. */
  readonly isTree?: true
  readonly summary: string
  /** Asked before anything is read: `address` counts the requests of one address. */
  readonly limit: 'address' | 'none'
  /** Whether pages of any origin may read the answer. */
  readonly cors: 'any_origin' | 'none'
  /** Seconds that everybody may keep the answer for; otherwise the route says so itself. */
  readonly cache: number | 'by_route'
  /** Served without settings that are in order, and without the parts that are made of them. */
  readonly isAlwaysServed?: true
  readonly request?: Body
  readonly response?: Body
}

export type Endpoint = Columns &
  (
    | {
        /** Who is asked for nothing, or proves itself to the route. */
        readonly authentication: 'none' | 'subject_token' | 'issued_token'
        readonly handler: Route
      }
    | {
        /** A token for the gateway itself with this scope is demanded before the route runs. */
        readonly authentication: AdminScope
        readonly handler: AdminRoute
      }
  )

const FORM: Body = { contentType: FORM_CONTENT_TYPE }
const JSON_BODY: Body = { contentType: 'application/json' }

const OAUTH = { methods: ['POST'], limit: 'address', cors: 'none', cache: 'by_route' } as const
const PUBLIC = {
  methods: ['GET'],
  authentication: 'none',
  limit: 'none',
  cors: 'any_origin',
} as const
const ADMIN = { limit: 'none', cors: 'none', cache: 'by_route', response: JSON_BODY } as const

export const ENDPOINTS: readonly Endpoint[] = [
  {
    ...OAUTH,
    path: PATHS.token,
    summary: 'exchanges a subject token for a token of this gateway (RFC 8693)',
    authentication: 'subject_token',
    request: FORM,
    response: JSON_BODY,
    handler: tokenRoute,
  },
  {
    ...OAUTH,
    path: PATHS.introspect,
    summary: 'says whether an issued token is active, after asking the revocation log (RFC 7662)',
    authentication: 'issued_token',
    request: FORM,
    response: JSON_BODY,
    handler: introspectRoute,
  },
  {
    ...OAUTH,
    path: PATHS.revoke,
    summary: 'revokes an issued token; the answer comes once that is durable (RFC 7009)',
    authentication: 'issued_token',
    request: FORM,
    handler: revokeRoute,
  },
  {
    path: PATHS.verify,
    isTree: true,
    // The method is that of the client behind a proxy. All clients of a proxy come from its few
    // addresses, so a limit by address would let one client take the API from all others.
    methods: 'any',
    summary: 'forward auth: may the request behind a proxy pass?',
    authentication: 'issued_token',
    limit: 'none',
    cors: 'none',
    cache: 'by_route',
    handler: verifyRoute,
  },
  {
    path: PATHS.authorize,
    methods: ['GET', 'POST'],
    summary: 'always answers `unsupported_response_type`; libraries demand it in the metadata',
    authentication: 'none',
    limit: 'none',
    cors: 'none',
    cache: 'by_route',
    isAlwaysServed: true,
    response: JSON_BODY,
    handler: authorizeRoute,
  },
  {
    ...PUBLIC,
    path: OPENID_CONFIGURATION,
    summary: 'what the gateway is and where its endpoints are (OpenID Connect Discovery)',
    cache: METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: metadataRoute,
  },
  {
    ...PUBLIC,
    path: OAUTH_AUTHORIZATION_SERVER,
    summary: 'the same document where RFC 8414 puts it',
    cache: METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: metadataRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.jwks,
    summary: 'the public keys of issued tokens (RFC 7517)',
    cache: JWKS_MAX_AGE_SECONDS,
    response: { contentType: 'application/jwk-set+json' },
    handler: jwksRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.wellKnownJwks,
    summary: 'the same keys, for libraries that read no metadata',
    cache: JWKS_MAX_AGE_SECONDS,
    response: { contentType: 'application/jwk-set+json' },
    handler: jwksRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.trustSchema,
    summary: 'the JSON Schema of trust documents, for editors',
    cache: METADATA_MAX_AGE_SECONDS,
    isAlwaysServed: true,
    response: { contentType: 'application/schema+json' },
    handler: trustSchemaRoute,
  },
  {
    path: PATHS.health,
    methods: ['GET'],
    summary: 'ready or not, and which part is not',
    authentication: 'none',
    limit: 'none',
    cors: 'none',
    cache: 'by_route',
    isAlwaysServed: true,
    response: JSON_BODY,
    handler: healthRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrust,
    methods: ['GET'],
    summary: 'the trust document in force; `?revision=N` reads an earlier one',
    authentication: 'trust:read',
    response: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: getTrustRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrust,
    methods: ['PUT'],
    summary: 'replaces the trust document; `If-Match` names the revision it was made against',
    authentication: 'trust:write',
    request: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: putTrustRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustProblems,
    methods: ['GET'],
    summary: 'what this release cannot use of the stored document',
    authentication: 'trust:read',
    handler: getTrustProblemsRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminIssuers,
    methods: ['GET'],
    summary: 'the keys of each trusted issuer, what failed last, and how its tokens fare',
    authentication: 'trust:read',
    handler: getIssuersRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocations,
    methods: ['POST'],
    summary: 'revokes one token, by its `jti` or by itself',
    authentication: 'revocations:write',
    request: { contentType: 'application/json', schema: revocationRequestSchema },
    handler: postRevocationRoute,
  },
]

/** The methods of a path; undefined where there is no endpoint, and where any method is served. */
export function findMethods(path: string): readonly string[] | undefined {
  return METHODS.get(path)
}

const METHODS = listMethods()

function listMethods(): ReadonlyMap<string, readonly string[]> {
  const byPath = new Map<string, readonly string[]>()
  for (const { path, methods } of ENDPOINTS) {
    if (methods === 'any') continue
    const served = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    byPath.set(path, [...(byPath.get(path) ?? []), ...served])
  }
  return byPath
}
