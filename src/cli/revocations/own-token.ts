/** Whether the revocation of one token ends the admin token of the command. */
import { parseStrictObject } from '../../core/evidence/strict-json.ts'
import { ancestorsOf } from '../../protocol/token.ts'

/**
 * A revoked token ends every token that was exchanged for it (REV-05). `token` is the admin token, and
 * `jti` that of the revoked one. Nothing is verified: the gateway has accepted the admin token.
 */
export function endsWith(token: string, jti: string): boolean {
  const [, payload = ''] = token.split('.')
  const claims = parseStrictObject(Buffer.from(payload, 'base64url'))
  if (claims === undefined) return false
  return claims.jti === jti || ancestorsOf(claims).some((ancestor) => ancestor.jti === jti)
}
