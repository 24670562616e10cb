/** The claims of the kinds of tokens that an issuer entry accepts beside those of its provider. */
import type { OptionalTokenKind } from '../../protocol/token.ts'
import { claim } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

/** Claims of access tokens (RFC 9068 §2.2) and of ID-JAGs, which a profile may not have. */
const CLAIMS_OF_KINDS = [
  claim('client_id', { recorded: true }),
  claim('scope', { influence: 'low' }),
  claim('resource', { types: ['string', 'array'], influence: 'low' }),
]

/** Adds them to a profile, so that rules can name them. */
export function withAcceptedClaims(
  profile: ProviderProfile,
  accepts: readonly OptionalTokenKind[],
): ProviderProfile {
  if (accepts.length === 0 || profile.claims === null) return profile
  const known = new Set(profile.claims.map(({ path }) => path.join('.')))
  const added = CLAIMS_OF_KINDS.filter(({ path }) => !known.has(path.join('.')))
  return { ...profile, claims: [...profile.claims, ...added] }
}
