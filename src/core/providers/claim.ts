/** Creates the claim profiles of a provider. The descriptions of claims are in `reference/`. */
import type { ClaimClass, ClaimProfile, ClaimType, OutsiderInfluence } from './profile.ts'

type ClaimOptions = {
  readonly types?: readonly ClaimType[]
  readonly class?: ClaimClass
  readonly immutable?: boolean
  readonly influence?: OutsiderInfluence
  readonly isCaseInsensitive?: boolean
  readonly recorded?: boolean
}

/** A claim with one name, or with a path if it is nested. By default it is an optional string. */
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

/** The registered claims of every subject token (RFC 7519 §4.1). Verification checks them. */
export const REGISTERED_CLAIMS: readonly ClaimProfile[] = [
  claim('iss', { class: 'required_checked', immutable: true }),
  claim('sub', { class: 'required_checked', influence: 'medium' }),
  claim('aud', { types: ['string', 'array'], class: 'required_checked', influence: 'high' }),
  claim('exp', { types: ['number'], class: 'required_checked' }),
  claim('iat', { types: ['number'], class: 'required_checked' }),
  claim('nbf', { types: ['number'], class: 'optional_checked' }),
  claim('jti', { class: 'optional_checked' }),
]
