/**
 * The facts of an HTTP request that a proof of possession covers. A DPoP proof names the method and
 * the URL (RFC 9449 §4.3), and a client certificate belongs to the connection (RFC 8705). It is a
 * plain value, so that checks cannot read other parts of the request.
 */
export type ProofContext = {
  readonly method: string
  /** The URL as it was sent, with its query. */
  readonly url: string
  /** The `DPoP` header. Two headers arrive as one text with a comma. */
  readonly dpop: string | undefined
  /** Hex SHA-256 of the client certificate (DER), if the runtime verified it. */
  readonly certificateSha256: string | undefined
}
