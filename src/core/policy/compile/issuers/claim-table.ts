/**
 * Caches what the compiler finds out about one issuer. Each claim is resolved once, and equal
 * conditions and grants share one value. Documents repeat themselves, so this saves most of the
 * time and memory. The cache lives as long as one compilation.
 */
import { MAX_PROBLEMS } from '../../../../contract/limits.ts'
import type { ProviderProfile } from '../../../providers/profile.ts'
import { type ResolvedClaim, resolveClaim, samePath } from '../../language/claim-path.ts'
import type { Condition, Grant } from '../compiled.ts'

export type KnownClaim = ResolvedClaim & {
  /** What a condition on this claim can pin. */
  readonly role: 'tenant' | 'project' | undefined
}

export type IssuerTable = {
  readonly profile: ProviderProfile
  /** The claim; equal paths are one array. A string is a message that says what is wrong. */
  readonly findClaim: (text: string) => KnownClaim | string
  /** Keyed by the source text in the document. */
  readonly conditions: Map<string, Condition>
  readonly grants: Map<string, Grant>
}

export function createIssuerTable(profile: ProviderProfile): IssuerTable {
  const byText = new Map<string, KnownClaim | string>()
  const byPath = new Map<string, KnownClaim>()
  let unknown = 0
  const findClaim = (text: string): KnownClaim | string => {
    const known = byText.get(text)
    if (known !== undefined) return known
    // No more problems than this are reported, so later unknown claims need no suggestion.
    const resolved = resolveClaim(text, profile, unknown < MAX_PROBLEMS)
    if (typeof resolved === 'string') unknown += 1
    const claim = typeof resolved === 'string' ? resolved : share(resolved)
    byText.set(text, claim)
    return claim
  }
  const share = (resolved: ResolvedClaim): KnownClaim => {
    const key = JSON.stringify(resolved.path)
    const claim = byPath.get(key) ?? {
      ...resolved,
      path: Object.freeze([...resolved.path]),
      role: findRole(resolved.path, profile),
    }
    byPath.set(key, claim)
    return claim
  }
  return { profile, findClaim, conditions: new Map(), grants: new Map() }
}

/** Whether a claim identifies a tenant of the provider, a project of a tenant, or neither. */
export function findRole(path: readonly string[], profile: ProviderProfile): KnownClaim['role'] {
  if (profile.tenantClaims.some((tenant) => samePath(tenant, path))) return 'tenant'
  if (profile.projectClaims.some((project) => samePath(project, path))) return 'project'
  return undefined
}
