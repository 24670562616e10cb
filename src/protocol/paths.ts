/**
 * Where the endpoints of a gateway are, below its issuer URL, and how a well-known URL is made
 * from an issuer identifier (RFC 8414 §3.1, OpenID Connect Discovery §4.1, RFC 9728 §3).
 */

/** By themselves, so that the client does not bring the others along. */
export const TOKEN_PATH = '/token'
export const REVOKE_PATH = '/revoke'

export const PATHS = {
  token: TOKEN_PATH,
  introspect: '/introspect',
  revoke: REVOKE_PATH,
  jwks: '/jwks.json',
  health: '/health',
  trustSchema: '/schemas/trust.v1.json',
  adminTrust: '/admin/v1/trust',
  adminIssuers: '/admin/v1/issuers',
} as const

export const OPENID_CONFIGURATION = '/.well-known/openid-configuration'
export const OAUTH_AUTHORIZATION_SERVER = '/.well-known/oauth-authorization-server'

/** OpenID Connect Discovery §4.1: one terminating slash removed, the suffix appended. */
export function openidConfigurationUrl(issuer: string): string {
  return `${withoutTrailingSlash(issuer)}${OPENID_CONFIGURATION}`
}

/** RFC 8414 §3.1: the suffix goes between the host and the path of the issuer. */
export function authorizationServerMetadataUrl(issuer: string): string {
  const bare = withoutTrailingSlash(issuer)
  const pathStart = bare.indexOf('/', bare.indexOf('://') + 3)
  if (pathStart === -1) return `${bare}${OAUTH_AUTHORIZATION_SERVER}`
  return `${bare.slice(0, pathStart)}${OAUTH_AUTHORIZATION_SERVER}${bare.slice(pathStart)}`
}

function withoutTrailingSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
}
