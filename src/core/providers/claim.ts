/** A short hand for writing claim profiles as rows. */
import type { ClaimClass, ClaimProfile, ClaimType, OutsiderInfluence } from './profile.ts'

type ClaimOptions = {
  readonly types?: readonly ClaimType[]
  readonly class?: ClaimClass
  readonly immutable?: boolean
  readonly influence?: OutsiderInfluence
  readonly isCaseInsensitive?: boolean
}

/** A claim of one name, or of a path where names nest; a string known to the platform by default. */
export function claim(
  name: string | readonly string[],
  description: string,
  options: ClaimOptions = {},
): ClaimProfile {
  return Object.freeze<ClaimProfile>({
    path: Object.freeze(typeof name === 'string' ? [name] : [...name]),
    types: options.types ?? ['string'],
    class: options.class ?? 'known',
    immutable: options.immutable ?? null,
    influence: options.influence ?? 'none',
    isCaseInsensitive: options.isCaseInsensitive ?? false,
    description,
  })
}

/** Claims that every subject token has or may have (RFC 7519 §4.1); admission checks them. */
export const REGISTERED_CLAIMS: readonly ClaimProfile[] = [
  claim('iss', 'Issuer; must equal the configured issuer exactly.', {
    class: 'required_checked',
    immutable: true,
  }),
  claim('sub', 'Subject.', { class: 'required_checked', influence: 'medium' }),
  claim('aud', 'Audience of the token.', {
    types: ['string', 'array'],
    class: 'required_checked',
    influence: 'high',
  }),
  claim('exp', 'Expiry, epoch seconds.', { types: ['number'], class: 'required_checked' }),
  claim('iat', 'Time of issue, epoch seconds.', { types: ['number'], class: 'required_checked' }),
  claim('nbf', 'Not valid before, epoch seconds.', {
    types: ['number'],
    class: 'optional_checked',
  }),
  claim('jti', 'Token identifier.', { class: 'optional_checked' }),
]
