/**
 * Names a subject token in the ledger of used tokens: by its issuer and `jti`, or by the signed
 * bytes where it has no `jti`. The text of the token is not used. A signature has several valid
 * forms, and each of them would count as another token (TOK-11).
 */
import type { Sha256 } from '../ports.ts'

export type ReplayedToken = {
  readonly issuer: string
  readonly tokenId: string | undefined
  /** Compact JWS, verified. */
  readonly raw: string
}

/** Hex SHA-256. With a resource: the mark is for that resource alone. */
export async function replayKey(
  { issuer, tokenId, raw }: ReplayedToken,
  resource: string | undefined,
  sha256: Sha256,
): Promise<string> {
  const token =
    tokenId === undefined ? ['signed', raw.slice(0, raw.lastIndexOf('.'))] : ['jti', tokenId]
  // As JSON, no two lists of texts are one text.
  return sha256(JSON.stringify([issuer, ...token, resource ?? null]))
}
