/**
 * The place where an issuer's keys are fetched, as one text. It is the issuer's URL, whose
 * discovery document names the key set, or the URL of a SPIFFE bundle endpoint. The same URL of the
 * other kind is a different source. Otherwise one issuer could use the stored keys of another
 * (NET-11).
 */
const BUNDLE = 'bundle:'

export function keySourceOf(issuerUrl: string, bundleEndpoint: string | undefined): string {
  return bundleEndpoint === undefined ? issuerUrl : `${BUNDLE}${bundleEndpoint}`
}

/** Returns the URL of a bundle endpoint, or undefined for an issuer with discovery. */
export function bundleEndpointOf(keySource: string): string | undefined {
  return keySource.startsWith(BUNDLE) ? keySource.slice(BUNDLE.length) : undefined
}
