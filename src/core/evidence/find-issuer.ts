/** The issuer that a token names. Whether the token is really its own is shown by `verify`. */
import type { CompiledTrust, TrustedIssuer } from '../policy/compile/compiled.ts'

const SPIFFE_SCHEME = 'spiffe://'

/** By its URL; by its trust domain for a token that has no `iss`. */
export function findIssuer({ issuers }: CompiledTrust, name: string): TrustedIssuer | undefined {
  if (!name.startsWith(SPIFFE_SCHEME)) return issuers.get(name)
  const domain = name.slice(SPIFFE_SCHEME.length)
  return [...issuers.values()].find(({ trustDomain }) => trustDomain === domain)
}
