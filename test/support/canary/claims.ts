/** Plants the canary in the claim sets of the dev issuer: what it mints in a test has it. */
import { type Claims, findClaimSet, listClaimSets } from '../../../src/dev/issuer/claim-sets.ts'
import { TOKEN_CANARY } from './canary.ts'

for (const provider of listClaimSets()) {
  Object.assign(findClaimSet(provider)?.claims ?? {}, { canary: TOKEN_CANARY })
}

/** The claim set as it ships. */
export function claimSetOf(provider: string): Claims {
  const { canary: _, ...claims } = findClaimSet(provider)?.claims ?? {}
  return claims
}
