/** Places the claims of an example at an issuer, an audience and a time. */
import type { Claims } from '../../core/providers/examples.ts'
import { isJsonObject } from '../../web/json.ts'

export type Placement = {
  readonly issuer: string
  readonly audience: string
  /** Epoch seconds. */
  readonly at: number
  /** The default is the lifetime in the provider's claim set. */
  readonly lifetimeSeconds: number | undefined
  readonly tokenId: string
}

/** Returns the claim set with this issuer, audience and time. */
export function placeClaims(claims: Claims, placement: Placement): Claims {
  const { issuer, audience, at, lifetimeSeconds, tokenId } = placement
  const issuedAt = typeof claims.iat === 'number' ? claims.iat : at
  const move = (name: string) =>
    typeof claims[name] === 'number' ? { [name]: claims[name] - issuedAt + at } : {}
  return {
    ...claims,
    ...('iss' in claims ? { iss: issuer } : {}),
    aud: Array.isArray(claims.aud) ? [audience] : audience,
    ...move('iat'),
    ...move('nbf'),
    ...move('exp'),
    ...('jti' in claims ? { jti: tokenId } : {}),
    ...(lifetimeSeconds === undefined ? {} : { exp: at + lifetimeSeconds }),
  }
}

/** Merges object by object; null removes a claim, anything else replaces it. */
export function mergeClaims(claims: Claims, changes: Claims): Claims {
  const merged = new Map(Object.entries(claims))
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) {
      merged.delete(name)
      continue
    }
    const before = merged.get(name)
    merged.set(
      name,
      isJsonObject(before) && isJsonObject(change) ? mergeClaims(before, change) : change,
    )
  }
  return Object.fromEntries(merged)
}
