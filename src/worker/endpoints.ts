/**
 * The table of endpoints. Each row describes a path: its methods, its guards, its bodies and its
 * handler. Mounts, 405 answers, CORS, caching and docs/endpoints.md are made from this table. An
 * endpoint is one file in `routes/`, one row here, and its summary and operations in
 * `contract/openapi`, which the Worker does not load.
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
    authentication: 'subject_token',
    request: FORM,
    response: JSON_BODY,
    handler: tokenRoute,
  },
  {
    ...OAUTH,
    path: PATHS.introspect,
    authentication: 'issued_token',
    request: FORM,
    response: { ...JSON_BODY, alternative: INTROSPECTION_CONTENT_TYPE },
    handler: introspectRoute,
  },
  {
    ...OAUTH,
    path: PATHS.revoke,
    authentication: 'issued_token',
    request: FORM,
    response: JSON_BODY,
    handler: revokeRoute,
  },
  {
    path: PATHS.verify,
    isTree: true,
    // The proxy uses the method of its client. All clients of a proxy share its few addresses. With
    // a limit by address, one client could block the API for all others.
    methods: 'any',
    authentication: 'issued_token',
    limit: 'none',
    cors: 'none',
    cache: 'by_route',
    handler: verifyRoute,
  },
  {
    path: PATHS.authorize,
    methods: ['GET', 'POST'],
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
    cache: METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: metadataRoute,
  },
  {
    ...PUBLIC,
    path: OAUTH_AUTHORIZATION_SERVER,
    cache: METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: metadataRoute,
  },
  {
    ...PUBLIC,
    path: OAUTH_PROTECTED_RESOURCE,
    isTree: true,
    cache: RESOURCE_METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: resourceMetadataRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.jwks,
    cache: JWKS_MAX_AGE_SECONDS,
    response: { contentType: 'application/jwk-set+json' },
    handler: jwksRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.wellKnownJwks,
    cache: JWKS_MAX_AGE_SECONDS,
    response: { contentType: 'application/jwk-set+json' },
    handler: jwksRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.spiffeBundle,
    cache: 'by_route',
    response: JSON_BODY,
    handler: spiffeBundleRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.statusList,
    // An unknown name reaches the stores.
    limit: 'address',
    cache: 'by_route',
    response: { contentType: STATUS_LIST_CONTENT_TYPE },
    handler: statusListRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.statusLists,
    limit: 'address',
    cache: STATUS_LIST_TTL_SECONDS,
    response: JSON_BODY,
    handler: statusListsRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.trustSchema,
    cache: METADATA_MAX_AGE_SECONDS,
    isAlwaysServed: true,
    response: { contentType: 'application/schema+json' },
    handler: trustSchemaRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.openApi,
    cache: METADATA_MAX_AGE_SECONDS,
    response: JSON_BODY,
    handler: openApiRoute,
  },
  {
    ...PUBLIC,
    path: PATHS.adminLogin,
    cors: 'none',
    cache: 'by_route',
    response: JSON_BODY,
    handler: loginRoute,
  },
  {
    path: PATHS.health,
    methods: ['GET'],
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
