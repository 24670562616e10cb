/**
 * The paths of a gateway's endpoints, below its issuer URL, and the well-known URLs of an issuer
 * (RFC 8414 §3.1, OpenID Connect Discovery §4.1, RFC 9728 §3).
 */

/** Separate constants, so that the client's bundle does not contain the other paths. */
export const TOKEN_PATH = '/token'
export const REVOKE_PATH = '/revoke'

/** Errors of all paths below it are problem details (RFC 9457). */
export const ADMIN_PREFIX = '/admin/'

export const PATHS = {
  token: TOKEN_PATH,
  /** Published because some clients require it. It never authorizes a request. */
  authorize: '/authorize',
  introspect: '/introspect',
  revoke: REVOKE_PATH,
  verify: '/verify',
  jwks: '/jwks.json',
  /** The same key set, for libraries that derive this path from the issuer and read no metadata. */
  wellKnownJwks: '/.well-known/jwks.json',
  /** A list, by its name of one segment. */
  statusList: '/status/{list}',
  statusLists: '/status-lists',
  spiffeBundle: '/spiffe/bundle',
  health: '/health',
  trustSchema: '/schemas/trust.v1.json',
  adminTrust: '/admin/v1/trust',
  adminTrustProblems: '/admin/v1/trust/problems',
  adminTrustRevisions: '/admin/v1/trust/revisions',
  adminTrustHistory: '/admin/v1/trust/history',
  adminValidate: '/admin/v1/validate',
  adminIssuers: '/admin/v1/issuers',
  adminIssuerKeys: '/admin/v1/issuers/keys',
  adminKeys: '/admin/v1/keys',
  adminHealth: '/admin/v1/health',
  adminExplain: '/admin/v1/explain',
  adminPosture: '/admin/v1/posture',
  adminRevocations: '/admin/v1/revocations',
  adminRevocationsLift: '/admin/v1/revocations/lift',
  adminRevocationsExport: '/admin/v1/revocations/export',
  adminRevocationsImport: '/admin/v1/revocations/import',
  adminDecisions: '/admin/v1/decisions',
  adminDecisionsExport: '/admin/v1/decisions/export',
  adminDecisionsActivity: '/admin/v1/decisions/activity',
  /** `{id}` is one segment. */
  adminDecision: '/admin/v1/decisions/{id}',
  /** Public: it is the same at every gateway of a release. */
  openApi: '/admin/v1/openapi.json',
  /** Public: it says by which provider people log in. */
  adminLogin: '/admin/v1/login',
  adminMetrics: '/admin/v1/metrics',
  console: '/console',
  consoleSession: '/console/session',
  consoleLogin: '/console/login',
  consoleCallback: '/console/callback',
  consoleLogout: '/console/logout',
  /** The admin API for the pages of the console: `/admin/v1/trust` is `/console/api/v1/trust`. */
  consoleApi: '/console/api',
} as const

export const OPENID_CONFIGURATION = '/.well-known/openid-configuration'
export const OAUTH_AUTHORIZATION_SERVER = '/.well-known/oauth-authorization-server'
export const OAUTH_PROTECTED_RESOURCE = '/.well-known/oauth-protected-resource'

/** OpenID Connect Discovery §4.1: one trailing slash is removed and the suffix is appended. */
export function openidConfigurationUrl(issuer: string): string {
  return `${withoutTrailingSlash(issuer)}${OPENID_CONFIGURATION}`
}

/** RFC 8414 §3.1: the suffix goes between the host and the path of the issuer. */
export function authorizationServerMetadataUrl(issuer: string): string {
  return insertAfterHost(withoutTrailingSlash(issuer), OAUTH_AUTHORIZATION_SERVER)
}

/**
 * RFC 9728 §3.1: the suffix goes between the host and the path and query of the resource. A
 * trailing slash is removed only if it is the whole path.
 */
export function protectedResourceMetadataUrl(resource: string): string {
  return insertAfterHost(
    resource.replace(/^([^/?]+:\/\/[^/?]+)\/(?=$|\?)/, '$1'),
    OAUTH_PROTECTED_RESOURCE,
  )
}

function insertAfterHost(url: string, suffix: string): string {
  const hostStart = url.indexOf('://') + 3
  const hostEnd = url.slice(hostStart).search(/[/?]/)
  if (hostEnd === -1) return `${url}${suffix}`
  return `${url.slice(0, hostStart + hostEnd)}${suffix}${url.slice(hostStart + hostEnd)}`
}

function withoutTrailingSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
}
