/**
 * The facts of an HTTP request that a proof of possession covers. A DPoP proof names the method
 * (RFC 9449 §4.3), and a client certificate belongs to the connection (RFC 8705). It is a plain
 * value, so that checks cannot read other parts of the request. The URL is not here: a proof is
 * compared with the configured URL (DPOP-03).
 */
export type ProofContext = {
  readonly method: string
  /** The `DPoP` header. Two headers arrive as one text with a comma. */
  readonly dpop: string | undefined
  /** Hex SHA-256 of the client certificate (DER), if the platform verified it. */
  readonly certificateSha256: string | undefined
}
