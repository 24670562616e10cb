/**
 * The metadata that this gateway publishes (RFC 8414, OpenID Connect Discovery). Both documents
 * come from one source, because RFC 9068 §4 requires that they agree (MD-04). They list only what
 * this deployment supports.
 */
import { DPOP_ALGORITHMS } from '../../protocol/dpop/words.ts'
import { GRANT_PROFILE_ID_JAG, GRANT_TYPE_CLIENT_CREDENTIALS } from '../../protocol/oauth.ts'
import { PATHS } from '../../protocol/paths.ts'

const CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope', 'origin', 'rev']

export type OfferedHere = {
  readonly signingAlgorithms: readonly string[]
  /** Values of `grant_type`. */
  readonly grantTypes: readonly string[]
  /** The algorithms of client assertions. Each issuer accepts those of its provider. */
  readonly assertionAlgorithms: readonly string[]
  /** Whether an issuer of the trust document accepts ID-JAGs. Its name is not published (MD-17). */
  readonly acceptsIdJag: boolean
  /** Whether tokens can be bound to client certificates. */
  readonly bindsCertificates: boolean
  /** Whether a resource of the trust document uses a status list. */
  readonly hasStatusLists: boolean
}

export function describeServer(
  issuer: string,
  {
    signingAlgorithms,
    grantTypes,
    assertionAlgorithms,
    acceptsIdJag,
    bindsCertificates,
    hasStatusLists,
  }: OfferedHere,
): Readonly<Record<string, unknown>> {
  return {
    issuer,
    // OpenID Connect Discovery §3 requires it, and some client libraries fail without it.
    authorization_endpoint: `${issuer}${PATHS.authorize}`,
    token_endpoint: `${issuer}${PATHS.token}`,
    jwks_uri: `${issuer}${PATHS.jwks}`,
    introspection_endpoint: `${issuer}${PATHS.introspect}`,
    revocation_endpoint: `${issuer}${PATHS.revoke}`,
    // This member is required, although no response type applies to token exchange. AWS requires
    // this value (MD-08).
    response_types_supported: ['id_token'],
    // Nothing is authorized here, with PKCE or without. MCP clients refuse a server that does not
    // list it, also for grants that have no authorization request (MD-20).
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    // RFC 8414 §3.2 forbids a member without elements (MD-05).
    ...(signingAlgorithms.length === 0
      ? {}
      : { id_token_signing_alg_values_supported: signingAlgorithms }),
    claims_supported: CLAIMS,
    grant_types_supported: grantTypes,
    ...describeAuthentication(
      grantTypes.includes(GRANT_TYPE_CLIENT_CREDENTIALS),
      assertionAlgorithms,
    ),
    // The member and its value come from a draft.
    ...(acceptsIdJag ? { authorization_grant_profiles_supported: [GRANT_PROFILE_ID_JAG] } : {}),
    // RFC 9449 §5.1.
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
    // RFC 8705 §3.3. A zone serves certificates and other clients on the same host (MT-03).
    ...(bindsCertificates ? { tls_client_certificate_bound_access_tokens: true } : {}),
    // A draft too (SL-23).
    ...(hasStatusLists
      ? { status_list_aggregation_endpoint: `${issuer}${PATHS.statusLists}` }
      : {}),
    ...describeCallers('introspection', assertionAlgorithms),
    ...describeCallers('revocation', assertionAlgorithms),
    // RFC 9701 §7: the algorithms of signed answers.
    ...(signingAlgorithms.length === 0
      ? {}
      : { introspection_signing_alg_values_supported: signingAlgorithms }),
  }
}

/**
 * Callers of `/introspect` and `/revoke` authenticate with a token of the gateway, which is no client
 * authentication, or with a client assertion.
 */
function describeCallers(endpoint: 'introspection' | 'revocation', algorithms: readonly string[]) {
  return {
    [`${endpoint}_endpoint_auth_methods_supported`]: ['none', 'private_key_jwt', 'spiffe_jwt'],
    [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: algorithms,
  }
}

/**
 * Token exchange and `jwt-bearer` work without client authentication. `client_credentials` needs a
 * client assertion: a JWT with an asymmetric signature (`private_key_jwt`, the registered name of
 * RFC 7523 §2.2), or a JWT-SVID (`spiffe_jwt`, CA-14).
 */
function describeAuthentication(acceptsAssertions: boolean, algorithms: readonly string[]) {
  if (!acceptsAssertions) return { token_endpoint_auth_methods_supported: ['none'] }
  return {
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt', 'spiffe_jwt'],
    token_endpoint_auth_signing_alg_values_supported: algorithms,
  }
}
