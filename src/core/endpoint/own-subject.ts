/**
 * Checks a token of this gateway that is presented as a subject token. The steps in order: type,
 * signature and expiry, purpose, ancestors, revocation. `evidence/proof/bind.ts` checks its binding,
 * and `policy/decide/narrow.ts` decides what its holder gets.
 */
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../contract/limits.ts'
import {
  ACCESS_TOKEN_TYP,
  type IssuedTokenClaims,
  readActors,
  readAncestors,
  type TokenAncestor,
  type TokenOrigin,
} from '../../protocol/token.ts'
import type { JsonObject } from '../../web/json.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import { sealIdentity, type VerifiedIdentity } from '../evidence/identity.ts'
import type { UntrustedToken } from '../evidence/peek.ts'
import type { Issuance } from '../issuance.ts'
import { describeKey, loggableType } from '../loggable.ts'
import { MAX_TOKEN_ANCESTORS } from '../policy/actors/limits.ts'
import { isGatewayResource } from '../policy/compile/resource-uri.ts'
import type { LoadRevocations } from '../revocation-ports.ts'
import { type KeyRing, publishedRing } from '../tokens/keyring.ts'
import { isExpiredOwnToken, revocableOf, verifyOwnToken } from '../tokens/own-token.ts'

/** The token to exchange. */
export type Parent = {
  readonly identity: VerifiedIdentity
  readonly claims: IssuedTokenClaims
  readonly descent: NonNullable<Issuance['descent']> & { readonly origin: TokenOrigin }
}

export type OwnSubjectPorts = {
  readonly gatewayIssuer: string
  readonly maxTokenLifetimeSeconds: number
  readonly keyRing: KeyRing
  readonly loadRevocations: LoadRevocations
}

/** Throws `Unavailable` if the revocations cannot be loaded (REV-02). */
export async function readOwnSubject(
  token: UntrustedToken,
  ports: OwnSubjectPorts,
  at: number,
): Promise<Result<Parent, Denial>> {
  const { gatewayIssuer, keyRing, maxTokenLifetimeSeconds } = ports
  // Tokens of another type may look like ID tokens (TOK-17).
  if (token.type !== ACCESS_TOKEN_TYP) {
    const facts = { typ: loggableType(token.type), accepted: [ACCESS_TOKEN_TYP] }
    return deny({ reason: 'token_kind_not_accepted', facts })
  }
  const ring = publishedRing(keyRing, at, maxTokenLifetimeSeconds)
  const claims = await verifyOwnToken(token.raw, ring, gatewayIssuer, at)
  if (claims === undefined) {
    const isExpired = await isExpiredOwnToken(token.raw, ring, gatewayIssuer, at)
    return isExpired
      ? deny({ reason: 'token_expired', facts: { now: at } })
      : deny({ reason: 'signature_invalid', facts: describeKey(token) })
  }
  // Otherwise a rule of the document could lead into or out of the admin API (ADM-03).
  if (isGatewayResource(claims.aud, gatewayIssuer)) return deny({ reason: 'admin_token' })
  if (readActors(claims.act) === undefined) {
    return deny({ reason: 'claim_invalid', at: 'act', facts: { expected: 'actors' } })
  }
  const ancestors = readAncestors(claims)
  if (ancestors === undefined) {
    return deny({ reason: 'claim_invalid', at: 'anc', facts: { expected: 'ancestors' } })
  }
  const { length } = ancestors.filter(({ actor }) => actor !== true)
  if (length >= MAX_TOKEN_ANCESTORS) {
    const facts = { length, limit: MAX_TOKEN_ANCESTORS }
    return deny({ reason: 'chain_too_long', facts })
  }
  const { isRevoked } = await ports.loadRevocations(at)
  const revocable = revocableOf(claims, token.raw)
  if (await isRevoked(revocable)) return deny({ reason: 'token_revoked' })
  const descent = descentOf(claims, ancestors, revocable.kid)
  return ok({ claims, identity: identityOf(claims), descent })
}

function identityOf(claims: IssuedTokenClaims): VerifiedIdentity {
  return sealIdentity({
    issuer: claims.iss,
    subject: claims.sub,
    tokenId: claims.jti,
    expiresAt: claims.exp,
    // The type has no index signature, but the claims are the JSON of the token.
    claims: claims as unknown as JsonObject,
  })
}

function descentOf(
  { jti, iat, client_id, aud, origin }: IssuedTokenClaims,
  ancestors: readonly TokenAncestor[],
  kid: string | undefined,
): Parent['descent'] {
  const parent = { jti, iat, client_id, aud, ...(kid === undefined ? {} : { kid }) }
  return { origin, anc: [...ancestors, parent] }
}

/**
 * Returns the token that a replay mark names: the first of the chain. Otherwise a holder could make
 * copies of a token by narrowing it, and exchange each copy once (REP-01).
 */
export function replayedOf({ identity, descent }: Parent) {
  const first = descent.anc.find(({ actor }) => actor !== true)
  if (first === undefined || first.jti === identity.tokenId) return identity
  // Its expiry is not known, but no token lives longer than this.
  const expiresAt = first.iat + MAX_TOKEN_LIFETIME_CEILING_SECONDS
  return { issuer: identity.issuer, tokenId: first.jti, expiresAt, claims: { iat: first.iat } }
}
