/** The name of a SPIFFE trust domain (SPIFFE-ID §2.1). */
import { MAX_TRUST_DOMAIN_CHARACTERS } from './limits.ts'

export const TRUST_DOMAIN = /^[a-z0-9._-]+$/

export function isTrustDomain(name: string): boolean {
  return TRUST_DOMAIN.test(name) && name.length <= MAX_TRUST_DOMAIN_CHARACTERS
}
