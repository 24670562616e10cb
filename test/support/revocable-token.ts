/**
 * A token as a revocation look-up reads it. All parts are unique to its `jti`, unless the test
 * overrides them.
 */
import type { RevocableToken } from '../../src/protocol/revocations.ts'

export const REVOCABLE_ISSUED_AT = 1_800_000_000

/** For `Revocations` without coarse ones. */
export const NO_COARSE = { hasCoarse: false, findCoarse: () => [] } as const

export function revocable(jti: string, parts: Partial<RevocableToken> = {}): RevocableToken {
  return {
    jti,
    sub: `subject of ${jti}`,
    client_id: `rule of ${jti}`,
    iat: REVOCABLE_ISSUED_AT,
    origin: { iss: `https://issuer.example.com/${jti}`, sub: `origin of ${jti}` },
    kid: `key of ${jti}`,
    ...parts,
  }
}
