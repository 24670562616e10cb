/**
 * Makes a signed JWT (RFC 9068) from a granted decision. The subject and claims are already
 * rendered and the key is selected, so no denial is possible here. From the subject token, the
 * issued token contains only its origin and the claims that the rule's templates name.
 */
import { SignJWT } from 'jose'
import type { IssuedTokenClaims } from '../../protocol/token.ts'
import {
  type FindMint,
  type Issuance,
  type IssuedToken,
  type Mint,
  type NewTokenId,
  Unavailable,
} from '../ports.ts'
import { type KeyRing, type RingKey, selectSigningKey } from './keyring.ts'

/** Creates the mint of this gateway's own tokens. Undefined if it has no signing key. */
export function createTokenMint(ring: KeyRing, newTokenId: NewTokenId): FindMint | undefined {
  if (ring.keys.length === 0) return undefined
  const mints = new Map(
    ring.keys.map((key): [RingKey, Mint] => [key, (issuance) => issue(issuance, key, newTokenId)]),
  )
  return function findMint({ algorithm }, at) {
    const key = selectSigningKey(ring, algorithm, at)
    const mint = key === undefined ? undefined : mints.get(key)
    if (mint === undefined) throw new Unavailable('signing_key')
    return mint
  }
}

/** Issues one token. It throws only if the runtime cannot sign. */
export async function issue(
  issuance: Issuance,
  key: RingKey,
  newTokenId: NewTokenId,
): Promise<IssuedToken> {
  const { identity, issuedAt, lifetimeSeconds, resource } = issuance
  const tokenId = newTokenId()
  const expiresAt = issuedAt + lifetimeSeconds
  const scope = issuance.scopes.join(' ')
  const claims: IssuedTokenClaims = {
    iss: issuance.gatewayIssuer,
    sub: issuance.subject,
    aud: resource.uri,
    exp: expiresAt,
    iat: issuedAt,
    jti: tokenId,
    client_id: issuance.rule,
    scope,
    origin: {
      iss: identity.issuer,
      sub: identity.subject,
      ...(identity.tokenId === undefined ? {} : { jti: identity.tokenId }),
    },
    rev: issuance.revision,
  }
  const token = await new SignJWT({ ...issuance.claims, ...claims })
    .setProtectedHeader({ typ: resource.typ, alg: key.algorithm, kid: key.keyId })
    .sign(key.privateKey)
  return { token, tokenId, keyId: key.keyId, scope, expiresAt, lifetimeSeconds }
}
