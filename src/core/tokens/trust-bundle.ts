/**
 * The bundle of the gateway's SPIFFE trust domain (SPIFFE Trust Domain and Bundle §4): the public
 * keys that verify its JWT-SVIDs. `keyring.ts` says when a key is published and when it signs.
 */
import type { JWK } from 'jose'
import { SPIFFE_REFRESH_HINT_SECONDS } from '../../contract/limits.ts'
import { type KeyRing, publishedKeys } from './keyring.ts'

/** JWT-SVID §2.1 has no EdDSA (SP-02). The preset `spiffe` signs with these. */
const ALGORITHMS = ['ES256', 'RS256', 'ES384', 'PS256']

export type TrustBundle = {
  readonly keys: readonly JWK[]
  readonly spiffe_sequence: number
  readonly spiffe_refresh_hint: number
}

/**
 * Returns the bundle of a moment.
 *
 * The sequence number is the time. Isolates share no counter, and one made from the dates of the
 * keys would go back if an operator removed a key early. Consumers keep the bundle with the higher
 * number, so they would keep that key. A later bundle always has a higher number, and all isolates
 * agree on the number of a moment.
 */
export function describeTrustBundle(
  ring: KeyRing,
  at: number,
  maxTokenLifetimeSeconds: number,
): TrustBundle {
  // A bundle that is fetched later than a JWT-SVID was signed must contain its key.
  const longest = Math.max(maxTokenLifetimeSeconds, SPIFFE_REFRESH_HINT_SECONDS)
  const keys = publishedKeys(ring, at, longest).filter(({ alg }) => ALGORITHMS.includes(alg))
  return {
    // §4.2: a bundle has no members that the SPIFFE standards do not define, such as `alg`.
    keys: keys.map(({ alg: _, ...key }) => ({ ...key, use: 'jwt-svid' })),
    spiffe_sequence: at,
    spiffe_refresh_hint: SPIFFE_REFRESH_HINT_SECONDS,
  }
}
