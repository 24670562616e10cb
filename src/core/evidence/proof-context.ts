/**
 * What of an HTTP request a proof of possession is about: a DPoP proof names the method and the URL
 * (RFC 9449 §4.3), and a client certificate belongs to the connection (RFC 8705). A plain value, so
 * that no check reaches for anything else of the request.
 */
export type ProofContext = {
  readonly method: string
  /** As it was sent, with its query. */
  readonly url: string
  /** The `DPoP` header; two of them arrive as one text with a comma. */
  readonly dpop: string | undefined
  /** Hex SHA-256 of the client certificate (DER), where the platform itself verified it. */
  readonly certificateSha256: string | undefined
}
