/** Reference data of `vault-identity`. */
import type { ProviderReference } from '../reference.ts'

export const vaultIdentityReference: ProviderReference = {
  contact: 'https://github.com/hashicorp/vault/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/keys',
  sources: {
    keyHosts: 'openbao/openbao: vault/identity_store_oidc.go',
    algorithms: 'hashicorp/vault: vault/identity_store_oidc.go',
    discovery: 'openbao/openbao: vault/identity_store_oidc.go',
    lifetime: 'openbao/openbao: vault/identity_store_oidc.go',
    claims: 'hashicorp/vault: website/content/docs/secrets/identity/identity-token.mdx',
  },
  claims: {},
  guide: {
    tokenRequest: {
      summary: 'An authenticated client reads a token for a role.',
      env: [],
      command: 'vault read -field=token identity/oidc/token/example-role',
    },
    audience: 'operator',
    lifetime: 'ttl of the role, 24 h by default.',
    subjectFormats: ['entity UUID'],
    traps: [
      'The default issuer follows api_addr and may be an internal or plain http address; set it explicitly.',
      'Any Vault client with read on the token path gets a token for its own entity only, but template claims can come from alias metadata that a login method lets the client influence.',
      'An entity that is disabled keeps a valid token; only introspection knows.',
      'Verification keys live 24 hours after rotation by default: token ttl must be shorter.',
      'Each named key has its own algorithm: RS256 by default, or RS384, RS512, ES256, ES384, ES512, EdDSA.',
    ],
    unverified: ['Namespace part of the pattern.'],
  },
}
