/**
 * Where the keys of an issuer are fetched from, as one text: the issuer's URL, whose discovery
 * document says where its key set is, or a SPIFFE bundle endpoint, which is asked directly. The
 * two never mix: the same URL under the other kind is another source (NET-11).
 */
const BUNDLE = 'bundle:'

export function keySourceOf(issuerUrl: string, bundleEndpoint: string | undefined): string {
  return bundleEndpoint === undefined ? issuerUrl : `${BUNDLE}${bundleEndpoint}`
}

/** The address of a bundle endpoint; undefined for an issuer with discovery. */
export function bundleEndpointOf(keySource: string): string | undefined {
  return keySource.startsWith(BUNDLE) ? keySource.slice(BUNDLE.length) : undefined
}
