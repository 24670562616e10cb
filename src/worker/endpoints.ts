/**
 * The table of endpoints. Each row describes a path: its methods, its guards, its bodies and its
 * handler. Mounts, 405 answers, CORS, caching and docs/endpoints.md are made from this table. An
 * endpoint is one file in `routes/` and one row here.
 */
import type * as z from 'zod/mini'
import type { AdminScope } from '../contract/admin.ts'
import { trustDocumentSchema } from '../contract/trust-document.ts'
import { JWKS_MAX_AGE_SECONDS, METADATA_MAX_AGE_SECONDS } from '../core/limits.ts'
import { FORM_CONTENT_TYPE } from '../protocol/oauth.ts'
import {
  OAUTH_AUTHORIZATION_SERVER,
  OAUTH_PROTECTED_RESOURCE,
  OPENID_CONFIGURATION,
  PATHS,
} from '../protocol/paths.ts'
import type { AdminRoute, Route } from './context.ts'
import { RESOURCE_METADATA_MAX_AGE_SECONDS } from './limits.ts'
import { getDecisionRoute } from './routes/admin/decision.ts'
import { getDecisionsRoute } from './routes/admin/decisions.ts'
import { getDecisionsExportRoute } from './routes/admin/decisions-export.ts'
import { getIssuersRoute } from './routes/admin/issuers.ts'
import { postRevocationRoute, revocationRequestSchema } from './routes/admin/revocations.ts'
import { getTrustProblemsRoute, getTrustRoute, putTrustRoute } from './routes/admin/trust.ts'
import { authorizeRoute } from './routes/authorize.ts'
import { healthRoute } from './routes/health.ts'
import { introspectRoute } from './routes/introspect.ts'
import { jwksRoute, metadataRoute } from './routes/metadata.ts'
import { resourceMetadataRoute } from './routes/resource-metadata.ts'
import { revokeRoute } from './routes/revoke.ts'
import { trustSchemaRoute } from './routes/schemas.ts'
import { spiffeBundleRoute } from './routes/spiffe-bundle.ts'
import { tokenRoute } from './routes/token.ts'
import { verifyRoute } from './routes/verify.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** The content type of a body, and its schema if it has one. */
export type Body = { readonly contentType: string; readonly schema?: z.core.$ZodType }

type Columns = {
  readonly path: string
  /** `{name}` is one segment. A path may have several rows with different methods. GET includes HEAD. */
  readonly methods: readonly Method[] | 'any'
  /** Whether the row also serves the paths below this one. */
  readonly isTree?: true
  readonly summary: string
  /**
   * The rate limit, applied before the body is read. `address` counts the requests of each address.
   */
  readonly limit: 'address' | 'none'
  /** Whether pages of any origin may read the answer. */
  readonly cors: 'any_origin' | 'none'
  /**
   * Seconds for which any cache may keep the answer. With `by_route`, the route sets
   * `cache-control`.
   */
  readonly cache: number | 'by_route'
  /** Whether the endpoint is served while the settings are invalid. Its route gets no gateway. */
  readonly isAlwaysServed?: true
  readonly request?: Body
  readonly response?: Body
}

export type Endpoint = Columns &
  (
    | {
        /** The endpoint is public, or its route verifies the token. */
        readonly authentication: 'none' | 'subject_token' | 'issued_token'
        readonly handler: Route
      }
    | {
        /**
         * Before the route runs, the caller must present a token for the gateway itself with this
         * scope.
         */
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
    summary:
      'issues a token for a token of a platform, by one of three grant types (RFC 8693, RFC 7523)',
    authentication: 'subject_token',
    request: FORM,
    response: JSON_BODY,
    handler: tokenRoute,
  },
  {
    ...OAUTH,
    path: PATHS.introspect,
    summary: 'tells whether an issued token is active; reads the revocation log (RFC 7662)',
    authentication: 'issued_token',
    request: FORM,
    response: JSON_BODY,
    handler: introspectRoute,
  },
  {
    ...OAUTH,
    path: PATHS.revoke,
    summary: 'revokes an issued token; answers after the revocation is stored (RFC 7009)',
    authentication: 'issued_token',
    request: FORM,
    handler: revokeRoute,
  },
  {
    path: PATHS.verify,
    isTree: true,
    // The proxy uses the method of its client. All clients of a proxy share its few addresses. With
    // a limit by address, one client could block the API for all others.
    methods: 'any',
    summary: 'forward auth: tells a proxy whether a request may pass',
    authentication: 'issued_token',
    limit: 'none',
    cors: 'none',
    cache: 'by_route',
    handler: verifyRoute,
  },
  {
    path: PATHS.authorize,
    methods: ['GET', 'POST'],
    summary: 'always answers `unsupported_response_type`; libraries require it in the metadata',
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
    summary: 'the metadata of the gateway (OpenID Connect Discovery)',
    cache: METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: metadataRoute,
  },
  {
    ...PUBLIC,
    path: OAUTH_AUTHORIZATION_SERVER,
    summary: 'the same metadata, at the path of RFC 8414',
    cache: METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: metadataRoute,
  },
  {
    ...PUBLIC,
    path: OAUTH_PROTECTED_RESOURCE,
    isTree: true,
    summary: 'the metadata of a resource that asks for it (RFC 9728)',
    cache: RESOURCE_METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: resourceMetadataRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.jwks,
    summary: 'the public keys that verify issued tokens (RFC 7517)',
    cache: JWKS_MAX_AGE_SECONDS,
    response: { contentType: 'application/jwk-set+json' },
    handler: jwksRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.wellKnownJwks,
    summary: 'the same keys, for libraries that do not read metadata',
    cache: JWKS_MAX_AGE_SECONDS,
    response: { contentType: 'application/jwk-set+json' },
    handler: jwksRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.spiffeBundle,
    summary: 'the bundle of the SPIFFE trust domain of the gateway, if it has one',
    cache: 'by_route',
    response: JSON_BODY,
    handler: spiffeBundleRoute,
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
    summary: 'tells whether the gateway is ready, and which part is not',
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
    summary: 'the current trust document; `?revision=N` returns an earlier one',
    authentication: 'trust:read',
    response: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: getTrustRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrust,
    methods: ['PUT'],
    summary: 'replaces the trust document; `If-Match` names the revision to replace',
    authentication: 'trust:write',
    request: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: putTrustRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustProblems,
    methods: ['GET'],
    summary: 'the parts of the stored document that this release cannot use',
    authentication: 'trust:read',
    handler: getTrustProblemsRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminIssuers,
    methods: ['GET'],
    summary: 'the keys, the last failure and the decision counts of each trusted issuer',
    authentication: 'trust:read',
    handler: getIssuersRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocations,
    methods: ['POST'],
    summary: 'revokes one token, given as `jti` or `token`',
    authentication: 'revocations:write',
    request: { contentType: 'application/json', schema: revocationRequestSchema },
    handler: postRevocationRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminDecisions,
    methods: ['GET'],
    summary:
      'recorded decisions by time, rule, issuer, subject, claim, resource, outcome or reason',
    authentication: 'decisions:read',
    handler: getDecisionsRoute,
  },
  // Before the row with `{id}`, which its path fits too.
  {
    ...ADMIN,
    path: PATHS.adminDecisionsExport,
    methods: ['GET'],
    summary: 'the signed hash chain of one shard of the decision log, in parts',
    authentication: 'decisions:read',
    response: { contentType: 'application/x-ndjson' },
    handler: getDecisionsExportRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminDecision,
    methods: ['GET'],
    summary: 'one decision, and why the rules of its revision made it',
    authentication: 'decisions:read',
    handler: getDecisionRoute,
  },
]
