/**
 * The table of endpoints. Each row describes a path: its methods, its guards, its bodies and its
 * handler. Mounts, 405 answers, CORS, caching and docs/endpoints.md are made from this table. An
 * endpoint is one file in `routes/` and one row here.
 */
import { JWKS_MAX_AGE_SECONDS, METADATA_MAX_AGE_SECONDS } from '../core/limits.ts'
import { FORM_CONTENT_TYPE } from '../protocol/oauth.ts'
import {
  OAUTH_AUTHORIZATION_SERVER,
  OAUTH_PROTECTED_RESOURCE,
  OPENID_CONFIGURATION,
  PATHS,
} from '../protocol/paths.ts'
import { STATUS_LIST_CONTENT_TYPE } from '../protocol/status/status-list.ts'
import { INTROSPECTION_CONTENT_TYPE } from '../protocol/token.ts'
import { ADMIN_ENDPOINTS } from './admin-endpoints.ts'
import { STATUS_LIST_TTL_SECONDS } from './caches/status/limits.ts'
import { CONSOLE_API, CONSOLE_ENDPOINTS } from './console/endpoints.ts'
import { type Body, type Endpoint, JSON_BODY } from './endpoint.ts'
import { RESOURCE_METADATA_MAX_AGE_SECONDS } from './limits.ts'
import { authorizeRoute } from './routes/authorize.ts'
import { healthRoute } from './routes/health.ts'
import { introspectRoute } from './routes/introspect.ts'
import { loginRoute } from './routes/login.ts'
import { jwksRoute, metadataRoute } from './routes/metadata.ts'
import { openApiRoute } from './routes/openapi.ts'
import { resourceMetadataRoute } from './routes/resource-metadata.ts'
import { revokeRoute } from './routes/revoke.ts'
import { trustSchemaRoute } from './routes/schemas.ts'
import { spiffeBundleRoute } from './routes/spiffe-bundle.ts'
import { statusListRoute, statusListsRoute } from './routes/status-list.ts'
import { tokenRoute } from './routes/token.ts'
import { verifyRoute } from './routes/verify.ts'

const FORM: Body = { contentType: FORM_CONTENT_TYPE }

const OAUTH = { methods: ['POST'], limit: 'address', cors: 'none', cache: 'by_route' } as const
const PUBLIC = {
  methods: ['GET'],
  authentication: 'none',
  limit: 'none',
  cors: 'any_origin',
} as const

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
    summary:
      'tells whether an issued token is active; reads the revocation log (RFC 7662, RFC 9701)',
    authentication: 'issued_token',
    request: FORM,
    response: { ...JSON_BODY, alternative: INTROSPECTION_CONTENT_TYPE },
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
    path: PATHS.statusList,
    // An unknown name reaches the stores.
    limit: 'address',
    summary: 'a Token Status List (draft)',
    cache: 'by_route',
    response: { contentType: STATUS_LIST_CONTENT_TYPE },
    handler: statusListRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.statusLists,
    limit: 'address',
    summary: 'the URIs of the status lists',
    cache: STATUS_LIST_TTL_SECONDS,
    response: JSON_BODY,
    handler: statusListsRoute,
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
    ...PUBLIC,
    path: PATHS.openApi,
    summary: 'the OpenAPI 3.1 description of every endpoint',
    cache: METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: openApiRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.adminLogin,
    summary: 'by which provider people log in',
    cors: 'none',
    cache: 'by_route',
    response: JSON_BODY,
    handler: loginRoute,
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
  ...ADMIN_ENDPOINTS,
  ...CONSOLE_ENDPOINTS,
]

/** Returns the methods of a path. Undefined if there is no endpoint, or if it serves any method. */
export function findMethods(path: string): readonly string[] | undefined {
  const template = TEMPLATES.find(({ fits }) => fits.test(path))
  const tree = TREES.find((root) => path.startsWith(`${root}/`))
  if (isConsoleApi(path)) return METHODS.get(path) ?? template?.methods
  return METHODS.get(path) ?? template?.methods ?? METHODS.get(tree ?? '')
}

/** Whether a path can only be one of the admin API. It never is a page of the console. */
function isConsoleApi(path: string): boolean {
  return path === PATHS.consoleApi || path.startsWith(`${PATHS.consoleApi}/`)
}

const TREES = ENDPOINTS.flatMap(({ path, isTree }) => (isTree ? [path] : []))

const METHODS = listMethods()
/** The paths with a `{name}`. */
const TEMPLATES = [...METHODS]
  .filter(([path]) => path.includes('{'))
  .map(([path, methods]) => ({
    fits: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    methods,
  }))

function listMethods(): ReadonlyMap<string, readonly string[]> {
  const byPath = new Map<string, readonly string[]>()
  for (const { path, methods } of [...ENDPOINTS, ...CONSOLE_API]) {
    if (methods === 'any') continue
    const served = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    byPath.set(path, [...(byPath.get(path) ?? []), ...served])
  }
  return byPath
}
