/**
 * The form of the tokens Edgemint issues (RFC 9068), as the issuing side writes them and the
 * verifying side reads them.
 */

/** RFC 9068 §2.1. */
export const ACCESS_TOKEN_TYP = 'at+jwt'

/**
 * What the header `typ` of an issued token may be. `JWT` (RFC 7519 §5.1) is for libraries that
 * accept nothing else; a resource asks for it, and never the gateway's own.
 */
export const TOKEN_TYPS = [ACCESS_TOKEN_TYP, 'JWT'] as const
export type TokenTyp = (typeof TOKEN_TYPS)[number]

/** A media type has no case, and its `application/` may be left out (RFC 7515 §4.1.9). */
export function findTokenTyp(typ: unknown): TokenTyp | undefined {
  if (typeof typ !== 'string') return undefined
  const name = typ.toLowerCase().replace(/^application\//, '')
  return TOKEN_TYPS.find((known) => known.toLowerCase() === name)
}

/** Signature algorithms an issued token may carry; the names are those of the JOSE registry. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'Ed25519', 'EdDSA', 'ES384', 'PS256'] as const
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** Where an issued token came from, so that a log line downstream leads back to the job. */
export type TokenOrigin = {
  readonly iss: string
  readonly sub: string
  readonly jti?: string
}

/** Claims that every issued token has; a rule's own claims stand beside them. */
export type IssuedTokenClaims = {
  readonly iss: string
  readonly sub: string
  readonly aud: string
  /** Epoch seconds. */
  readonly exp: number
  /** Epoch seconds. */
  readonly iat: number
  readonly jti: string
  /** The name of the rule that granted it. */
  readonly client_id: string
  /** Space-separated (RFC 8693 §4.2). */
  readonly scope: string
  readonly origin: TokenOrigin
  /** Revision of the trust document that allowed it. */
  readonly rev: number
}
