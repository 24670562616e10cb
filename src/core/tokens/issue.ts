/**
 * Makes a signed JWT (RFC 9068) from a granted decision. The subject and claims are already
 * rendered and the key is selected, so no denial is possible here. From the subject token, the
 * issued token contains only its origin and the claims that the rule's templates name.
 */
import type { IssuedTokenClaims, SigningAlgorithm, TokenTyp } from '../../protocol/token.ts'
import { type FindMint, type Issuance, type Mint, type NewTokenId, Unavailable } from '../ports.ts'
import { type KeyRing, type RingKey, selectSigningKey } from './keyring.ts'
import { createJwtSigner, type SignJwt } from './signed-jwt.ts'

/** Creates the mint of this gateway's own tokens. Undefined if it has no signing key. */
export function createTokenMint(ring: KeyRing, newTokenId: NewTokenId): FindMint | undefined {
  if (ring.keys.length === 0) return undefined
  const mints = new Map(ring.keys.map((key): [RingKey, Mint] => [key, createMint(key, newTokenId)]))
  // Which key signs changes only with the second.
  const chosen = new Map<SigningAlgorithm | undefined, Mint>()
  let chosenAt = Number.NaN
  return function findMint({ algorithm }, at) {
    if (at !== chosenAt) chosen.clear()
    chosenAt = at
    const known = chosen.get(algorithm)
    if (known !== undefined) return known
    const key = selectSigningKey(ring, algorithm, at)
    const mint = key === undefined ? undefined : mints.get(key)
    if (mint === undefined) throw new Unavailable('signing_key')
    chosen.set(algorithm, mint)
    return mint
  }
}

/** Creates the mint of one key. A mint throws only if the runtime cannot sign. */
function createMint({ keyId, algorithm, sign }: RingKey, newTokenId: NewTokenId): Mint {
  const signerOf = (typ: TokenTyp) => createJwtSigner({ typ, alg: algorithm, kid: keyId }, sign)
  const signers = {
    'at+jwt': signerOf('at+jwt'),
    JWT: signerOf('JWT'),
  } satisfies Record<TokenTyp, SignJwt>
  return async function mint(issuance) {
    const claims = claimsOf(issuance, newTokenId())
    const token = await signers[issuance.resource.typ]({ ...issuance.claims, ...claims })
    const { jti, scope, exp } = claims
    const { lifetimeSeconds } = issuance
    return { token, tokenId: jti, keyId, scope, expiresAt: exp, lifetimeSeconds }
  }
}

function claimsOf(issuance: Issuance, tokenId: string): IssuedTokenClaims {
  const { identity, issuedAt } = issuance
  return {
    iss: issuance.gatewayIssuer,
    sub: issuance.subject,
    aud: issuance.resource.audience,
    exp: issuedAt + issuance.lifetimeSeconds,
    iat: issuedAt,
    jti: tokenId,
    client_id: issuance.rule,
    scope: issuance.scopes.join(' '),
    // Along a chain, the origin stays the job that began it.
    origin: issuance.descent?.origin ?? {
      iss: identity.issuer,
      sub: identity.subject,
      ...(identity.tokenId === undefined ? {} : { jti: identity.tokenId }),
    },
    rev: issuance.revision,
    ...(issuance.descent === undefined ? {} : { anc: issuance.descent.anc }),
  }
}
