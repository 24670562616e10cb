/** What JWT-SVIDs may be signed with (JWT-SVID §2.1, SP-02). */
import type { SigningAlgorithm } from '../../protocol/token.ts'

/** The standard has no EdDSA. */
const SVID_ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'RS256', 'ES384', 'PS256']

export function isSvidAlgorithm(algorithm: string): boolean {
  return SVID_ALGORITHMS.some((name) => name === algorithm)
}
