/** Claim profiles as rows. What each claim means to people is in `reference/`. */
import type { ClaimClass, ClaimProfile, ClaimType, OutsiderInfluence } from './profile.ts'

type ClaimOptions = {
  readonly types?: readonly ClaimType[]
  readonly class?: ClaimClass
  readonly immutable?: boolean
  readonly influence?: OutsiderInfluence
  readonly isCaseInsensitive?: boolean
  readonly recorded?: boolean
}

/** A claim of one name, or of a path where names nest. By default it is a string that may be absent. */
export function claim(name: string | readonly string[], options: ClaimOptions = {}): ClaimProfile {
  return Object.freeze<ClaimProfile>({
    path: Object.freeze(typeof name === 'string' ? [name] : [...name]),
    types: options.types ?? ['string'],
    class: options.class ?? 'known',
    immutable: options.immutable ?? null,
    influence: options.influence ?? 'none',
    isCaseInsensitive: options.isCaseInsensitive ?? false,
    recorded: options.recorded ?? false,
  })
}

/** Claims that every subject token has or may have (RFC 7519 §4.1); admission checks them. */
export const REGISTERED_CLAIMS: readonly ClaimProfile[] = [
  claim('iss', { class: 'required_checked', immutable: true }),
  claim('sub', { class: 'required_checked', influence: 'medium' }),
  claim('aud', { types: ['string', 'array'], class: 'required_checked', influence: 'high' }),
  claim('exp', { types: ['number'], class: 'required_checked' }),
  claim('iat', { types: ['number'], class: 'required_checked' }),
  claim('nbf', { types: ['number'], class: 'optional_checked' }),
  claim('jti', { class: 'optional_checked' }),
]
