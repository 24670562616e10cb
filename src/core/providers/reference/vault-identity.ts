/** Reference data of `vault-identity`. */
import type { ProviderReference } from '../reference.ts'
import { UUID } from './shape.ts'

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
  shapes: {
    sub: UUID,
  },
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
      'The default issuer is api_addr and may be an internal or plain http address. Set it explicitly.',
      'A Vault client with read access to the token path gets a token only for its own entity. But template claims can come from alias metadata, which the client can influence with some login methods.',
      'A token of a disabled entity stays valid. Only introspection reports it.',
      'By default, keys are published for 24 hours after rotation. The ttl of tokens must be shorter.',
      'Each named key has its own algorithm: RS256 by default, or RS384, RS512, ES256, ES384, ES512, EdDSA.',
    ],
    unverified: ['Namespace part of the pattern.'],
  },
}
