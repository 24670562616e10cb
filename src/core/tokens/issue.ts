/**
 * From a granted decision to a signed JWT (RFC 9068). Everything that can be refused or missing was
 * settled before: the subject and the claims are rendered, and the key is chosen. Nothing of the
 * subject token is copied but its origin and what the rule's templates name.
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

/** The mint of this gateway's own tokens; undefined while it has no signing key. */
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

/** Fails only where the platform cannot sign, which is a fault and not an answer. */
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
