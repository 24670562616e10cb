/** HashiCorp Vault: the JWT auth method. */
import { EXCHANGED_AT_ONCE_SECONDS, type Preset } from './preset.ts'

export const VAULT: Preset = {
  name: 'vault',
  // RS256 to RS512, ES256 to ES512, PS256 to PS512 and EdDSA (`jwt_supported_algs`). EdDSA is left
  // out, because the gateway can name the algorithm Ed25519 (RFC 9864), which Vault does not know:
  // https://developer.hashicorp.com/vault/api-docs/auth/jwt
  algorithms: ['ES256', 'RS256', 'ES384', 'PS256'],
  typs: ['JWT', 'at+jwt'],
  // Any audience that the role lists in `bound_audiences`:
  // https://developer.hashicorp.com/vault/api-docs/auth/jwt
  audience: {},
  lifetime: { usualSeconds: EXCHANGED_AT_ONCE_SECONDS },
  // Any text. It is compared with `bound_subject`, and is the name of the alias if `user_claim` is
  // `sub`: https://developer.hashicorp.com/vault/docs/auth/jwt
  subject: { form: 'text' },
  // One of `iat`, `nbf` and `exp`, and the claim that `user_claim` names:
  // https://developer.hashicorp.com/vault/docs/auth/jwt
  requiredClaims: ['sub', 'aud', 'exp'],
}
