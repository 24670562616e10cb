/** Finds the issuer that a token names. `verify` checks that this issuer really signed it. */
import type { CompiledTrust, TrustedIssuer } from '../policy/compile/compiled.ts'

const SPIFFE_SCHEME = 'spiffe://'

/** Finds an issuer by its URL, or by its trust domain for a token without `iss`. */
export function findIssuer({ issuers }: CompiledTrust, name: string): TrustedIssuer | undefined {
  if (!name.startsWith(SPIFFE_SCHEME)) return issuers.get(name)
  const domain = name.slice(SPIFFE_SCHEME.length)
  return [...issuers.values()].find(({ trustDomain }) => trustDomain === domain)
}
