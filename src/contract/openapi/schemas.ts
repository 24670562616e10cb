/**
 * The answers of the public endpoints as schemas. They describe the OpenAPI document, and a test
 * checks the real answers with them. The Worker does not load them.
 */
import * as z from 'zod/mini'

const texts = z.array(z.string())
const seconds = z.int()

export const oauthErrorSchema = z.object({
  error: z.string(),
  error_description: z.optional(z.string()),
  decision_id: z.optional(z.string()),
  explanation: z.optional(z.array(z.record(z.string(), z.unknown()))),
})

export const tokenSchema = z.object({
  access_token: z.string(),
  issued_token_type: z.optional(z.string()),
  token_type: z.enum(['Bearer', 'DPoP']),
  expires_in: seconds,
  scope: z.string(),
  decision_id: z.string(),
})

/** A rule can add claims to a token, so an active one has other members too. */
export const introspectionSchema = z.looseObject({
  active: z.boolean(),
  token_type: z.optional(z.enum(['Bearer', 'DPoP'])),
  iss: z.optional(z.string()),
  sub: z.optional(z.string()),
  aud: z.optional(z.string()),
  exp: z.optional(seconds),
  iat: z.optional(seconds),
  jti: z.optional(z.string()),
  client_id: z.optional(z.string()),
  scope: z.optional(z.string()),
  cnf: z.optional(z.record(z.string(), z.string())),
})

export const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  introspection_endpoint: z.string(),
  revocation_endpoint: z.string(),
  response_types_supported: texts,
  code_challenge_methods_supported: texts,
  subject_types_supported: texts,
  id_token_signing_alg_values_supported: z.optional(texts),
  claims_supported: texts,
  grant_types_supported: texts,
  token_endpoint_auth_methods_supported: texts,
  token_endpoint_auth_signing_alg_values_supported: z.optional(texts),
  authorization_grant_profiles_supported: z.optional(texts),
  dpop_signing_alg_values_supported: texts,
  tls_client_certificate_bound_access_tokens: z.optional(z.boolean()),
  status_list_aggregation_endpoint: z.optional(z.string()),
  introspection_endpoint_auth_methods_supported: texts,
  introspection_endpoint_auth_signing_alg_values_supported: texts,
  revocation_endpoint_auth_methods_supported: texts,
  revocation_endpoint_auth_signing_alg_values_supported: texts,
  introspection_signing_alg_values_supported: z.optional(texts),
})

export const resourceMetadataSchema = z.object({
  resource: z.string(),
  authorization_servers: texts,
  scopes_supported: texts,
  bearer_methods_supported: texts,
  resource_name: z.optional(z.string()),
  resource_documentation: z.optional(z.string()),
})

const jwk = z.object({
  kty: z.string(),
  kid: z.string(),
  use: z.string(),
  alg: z.optional(z.string()),
  crv: z.optional(z.string()),
  x: z.optional(z.string()),
  y: z.optional(z.string()),
  n: z.optional(z.string()),
  e: z.optional(z.string()),
})

export const keySetSchema = z.object({ keys: z.array(jwk) })

export const trustBundleSchema = z.object({
  keys: z.array(jwk),
  spiffe_sequence: z.int(),
  spiffe_refresh_hint: seconds,
})

export const revokedSchema = z.object({})

export const statusListsSchema = z.object({ status_lists: texts })

export const settingsProblemSchema = z.object({ variable: z.string(), message: z.string() })

const check = z.object({
  ready: z.optional(z.boolean()),
  enabled: z.optional(z.boolean()),
  problems: z.optional(z.array(settingsProblemSchema)),
  fault: z.optional(z.string()),
  address: z.optional(z.boolean()),
  subject: z.optional(z.boolean()),
  skipped: z.optional(z.record(z.string(), z.unknown())),
})

export const healthSchema = z.object({
  status: z.enum(['ready', 'not_ready']),
  /** By part. */
  checks: z.record(z.string(), check),
  warnings: z.optional(texts),
})
