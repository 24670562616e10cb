/** OpenBao: the JWT auth method, which came from Vault. */
import { EXCHANGED_AT_ONCE_SECONDS, type Preset } from './preset.ts'

export const OPENBAO: Preset = {
  name: 'openbao',
  // RS256 to RS512, ES256 to ES512, PS256 to PS512 and EdDSA (`jwt_supported_algs`). EdDSA is left
  // out, because the gateway can name the algorithm Ed25519 (RFC 9864), which OpenBao does not know:
  // https://openbao.org/api-docs/auth/jwt/
  algorithms: ['ES256', 'RS256', 'ES384', 'PS256'],
  typs: ['JWT', 'at+jwt'],
  // Any audience that the role lists in `bound_audiences`: https://openbao.org/api-docs/auth/jwt/
  audience: {},
  lifetime: { usualSeconds: EXCHANGED_AT_ONCE_SECONDS },
  // https://openbao.org/docs/auth/jwt/
  subject: { form: 'text' },
  // https://openbao.org/docs/auth/jwt/
  requiredClaims: ['sub', 'aud', 'exp'],
}
