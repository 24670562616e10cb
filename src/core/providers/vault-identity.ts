/**
 * HashiCorp Vault and OpenBao identity tokens. Their template defines the other claims.
 */
import { REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const vaultIdentity: ProviderProfile = {
  id: 'vault-identity',
  name: 'HashiCorp Vault identity tokens',
  status: 'verified',
  tenancy: 'self_hosted',
  issuer: {
    kind: 'pattern',
    pattern: /^https:\/\/(?<host>[^/]+)\/v1\/(?:(?<namespace>[^/]+(?:\/[^/]+)*)\/)?identity\/oidc$/,
    example: 'https://vault.example.com:8200/v1/identity/oidc',
  },
  // The operator of each named key chooses its algorithm.
  algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
  types: ['jwt', null],
  claims: [...REGISTERED_CLAIMS],
  claimPrefixes: [''],
  tenantClaims: [],
  projectClaims: [['sub']],
  unsafeEvents: [],
  replay: 'no_jti',
  maxLifetimeSeconds: 24 * 3600,
  sharedAudiences: [],
  names: { projectId: ['sub'] },
}
