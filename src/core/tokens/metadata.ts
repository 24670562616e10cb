/**
 * The metadata that this gateway publishes (RFC 8414, OpenID Connect Discovery). Both documents
 * come from one source, because RFC 9068 §4 requires that they agree (MD-04). They list only what
 * this deployment supports.
 */
import { PATHS } from '../../protocol/paths.ts'

const CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope', 'origin', 'rev']

export type OfferedHere = {
  readonly signingAlgorithms: readonly string[]
  /** Values of `grant_type`. */
  readonly grantTypes: readonly string[]
}

export function describeServer(
  issuer: string,
  { signingAlgorithms, grantTypes }: OfferedHere,
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
    subject_types_supported: ['public'],
    // RFC 8414 §3.2 forbids a member without elements (MD-05).
    ...(signingAlgorithms.length === 0
      ? {}
      : { id_token_signing_alg_values_supported: signingAlgorithms }),
    claims_supported: CLAIMS,
    grant_types_supported: grantTypes,
    token_endpoint_auth_methods_supported: ['none'],
    introspection_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
  }
}
