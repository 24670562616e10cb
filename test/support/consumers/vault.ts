/**
 * Vault and OpenBao, the JWT auth method: https://developer.hashicorp.com/vault/api-docs/auth/jwt
 * and https://openbao.org/api-docs/auth/jwt/. The role has `bound_audiences`, `bound_subject` and
 * `user_claim=sub`.
 */
import { accept, readToken, refuse, type Validator } from './presented.ts'

const ALGORITHMS = 'RS256 RS384 RS512 ES256 ES384 ES512 PS256 PS384 PS512 EdDSA'.split(' ')

export const validateVault: Validator = async (presented) => {
  const read = await readToken(presented, ALGORITHMS, ['iss', 'aud'])
  if (typeof read === 'string') return refuse(`error validating token: ${read}`)
  const { iat, nbf, exp, sub } = read.claims
  if (iat === undefined && nbf === undefined && exp === undefined) {
    return refuse(
      'error validating token: no issued at (iat), not before (nbf), or expiration time (exp) claims in token',
    )
  }
  if (sub === undefined) return refuse('claim "sub" not found in token')
  return accept(read)
}
