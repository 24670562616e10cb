/**
 * Computes the key of a subject token's replay mark: from its issuer and `jti`, or from the signed
 * bytes if it has no `jti`. The signature is not included, because a signature can have several
 * valid forms and each would count as another token (TOK-11).
 */
import type { Sha256 } from '../ports.ts'

export type ReplayedToken = {
  readonly issuer: string
  readonly tokenId: string | undefined
  /** The verified token in compact form. */
  readonly raw: string
}

/** Returns a hex SHA-256. With a resource, the mark is only for that resource. */
export async function replayKey(
  { issuer, tokenId, raw }: ReplayedToken,
  resource: string | undefined,
  sha256: Sha256,
): Promise<string> {
  const token =
    tokenId === undefined ? ['signed', raw.slice(0, raw.lastIndexOf('.'))] : ['jti', tokenId]
  // JSON gives two different lists two different texts.
  return sha256(JSON.stringify([issuer, ...token, resource ?? null]))
}
