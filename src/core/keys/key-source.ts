/**
 * Where the keys of an issuer are fetched from, as one text: the issuer's URL, whose discovery
 * document says where its key set is, or a SPIFFE bundle endpoint, which is asked directly. The
 * same URL of the other kind is another source. Otherwise one issuer could use the stored keys of
 * another (NET-11).
 */
const BUNDLE = 'bundle:'

export function keySourceOf(issuerUrl: string, bundleEndpoint: string | undefined): string {
  return bundleEndpoint === undefined ? issuerUrl : `${BUNDLE}${bundleEndpoint}`
}

/** The address of a bundle endpoint; undefined for an issuer with discovery. */
export function bundleEndpointOf(keySource: string): string | undefined {
  return keySource.startsWith(BUNDLE) ? keySource.slice(BUNDLE.length) : undefined
}
