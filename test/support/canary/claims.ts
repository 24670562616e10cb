/** Adds the canary to the claim sets of the dev issuer, so that every minted token contains it. */
import { type Claims, findClaimSet, listClaimSets } from '../../../src/core/providers/examples.ts'
import { TOKEN_CANARY } from './canary.ts'

for (const provider of listClaimSets()) {
  Object.assign(findClaimSet(provider)?.claims ?? {}, { canary: TOKEN_CANARY })
}

/** Returns the claim set without the canary. */
export function claimSetOf(provider: string): Claims {
  const { canary: _, ...claims } = findClaimSet(provider)?.claims ?? {}
  return claims
}
