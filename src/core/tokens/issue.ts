/**
 * From a granted decision to a signed token (RFC 9068). Everything that can be refused or missing
 * was settled before: the subject and the claims are rendered, and the key is chosen. Nothing of
 * the subject token is copied but its origin and what the rule's templates name.
 */
import { base64url, SignJWT } from 'jose'
import type { IssuedTokenClaims, TokenTyp } from '../../protocol/token.ts'
import type { VerifiedIdentity } from '../evidence/identity.ts'
import { RANDOM_ID_BYTES } from '../limits.ts'
import type { RandomBytes } from '../ports.ts'
import type { RingKey } from './keyring.ts'

/** What is to be issued, gathered from the decision and the request. */
export type Issuance = {
  /** The gateway's own issuer URL. */
  readonly gatewayIssuer: string
  readonly identity: VerifiedIdentity
  readonly rule: string
  readonly resource: string
  readonly typ: TokenTyp
  readonly key: RingKey
  readonly scopes: readonly string[]
  /** The least of asked, rule's, resource's and deployment's. */
  readonly lifetimeSeconds: number
  readonly subject: string
  /** The rule's own claims, by name. */
  readonly claims: Readonly<Record<string, string>>
  readonly revision: number
  /** Epoch seconds. */
  readonly issuedAt: number
}

export type IssuedToken = {
  readonly token: string
  readonly tokenId: string
  readonly keyId: string
  readonly scope: string
  /** Epoch seconds. */
  readonly expiresAt: number
  readonly lifetimeSeconds: number
}

/** Fails only where the platform cannot sign, which is a fault and not an answer. */
export async function issue(issuance: Issuance, randomBytes: RandomBytes): Promise<IssuedToken> {
  const { identity, issuedAt, lifetimeSeconds, key } = issuance
  const tokenId = base64url.encode(randomBytes(RANDOM_ID_BYTES))
  const expiresAt = issuedAt + lifetimeSeconds
  const scope = issuance.scopes.join(' ')
  const claims: IssuedTokenClaims = {
    iss: issuance.gatewayIssuer,
    sub: issuance.subject,
    aud: issuance.resource,
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
    .setProtectedHeader({ typ: issuance.typ, alg: key.algorithm, kid: key.keyId })
    .sign(key.privateKey)
  return { token, tokenId, keyId: key.keyId, scope, expiresAt, lifetimeSeconds }
}
