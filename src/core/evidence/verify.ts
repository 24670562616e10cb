/**
 * Verifies that a subject token is genuine and meant for this gateway. It checks the signature,
 * then the standard claims in the order of RFC 7523 §3, then the requirements of the provider
 * profile. Rules are evaluated elsewhere.
 */

import { ID_JAG_TYP, TXN_TYP } from '../../protocol/token.ts'
import { decodeBase64Url } from '../../web/base64.ts'
import type { JsonObject } from '../../web/json.ts'
import { ok, type Result } from '../../web/result.ts'
import type { VerifySignature } from '../../web/signature.ts'
import { type Denial, deny } from '../denial.ts'
import type { PublicKey } from '../keys/issuer-keys.ts'
import { CLOCK_LEEWAY_SECONDS, MAX_NUMERIC_DATE } from '../limits.ts'
import { describeKey, loggableType } from '../loggable.ts'
import type { ProviderProfile } from '../providers/profile.ts'
import { readIdJag, readTxnToken } from './allowance.ts'
import {
  isReadableText,
  type Presentation,
  readClaim,
  readScalar,
  sealIdentity,
  type VerifiedIdentity,
} from './identity.ts'
import { openClaims, type UntrustedToken } from './peek.ts'
import { acceptedTypes, type KindsOfIssuer } from './token-kinds.ts'

/**
 * The requirements for tokens of one issuer. With a trust domain, every subject must belong to it,
 * and `iss` and `iat` may be absent.
 */
type ExpectedIssuer = KindsOfIssuer & { readonly url: string; readonly audience: string }

type Verification = {
  readonly token: UntrustedToken
  readonly issuer: ExpectedIssuer
  readonly presentation: Presentation
  readonly gatewayIssuer: string
  readonly key: PublicKey
  /** Epoch seconds. */
  readonly receivedAt: number
  readonly verifySignature: VerifySignature
}

export async function verify({
  token,
  issuer,
  presentation,
  gatewayIssuer,
  key,
  receivedAt,
  verifySignature,
}: Verification): Promise<Result<VerifiedIdentity, Denial>> {
  if (!(await hasValidSignature(token, key, verifySignature))) {
    return deny({ reason: 'signature_invalid', facts: describeKey(token) })
  }
  const claims = openClaims(token)
  const { profile } = issuer
  const accepted = acceptedTypes(issuer, presentation)
  if (!accepted.includes(token.type)) {
    const facts = { typ: loggableType(token.type), accepted }
    return deny({ reason: 'token_kind_not_accepted', facts })
  }
  const isOfDomain = issuer.trustDomain !== undefined && claims.iss === undefined
  if (claims.iss !== issuer.url && !isOfDomain) {
    return deny({ reason: 'issuer_not_trusted', facts: { iss: 'mismatch' } })
  }
  const isIdJag = token.type === ID_JAG_TYP
  // An ID-JAG names the server by its issuer URL, whatever the issuer entry says (CH-10).
  const expected = isIdJag ? gatewayIssuer : issuer.audience
  if (!isSoleAudience(claims.aud, expected)) {
    const facts = { expected, audiences: countAudiences(claims.aud) }
    return deny({ reason: 'audience_mismatch', facts })
  }
  const isSelfIssued = presentation === 'client_assertion' && claims.sub === issuer.url
  const times = checkTimes(claims, issuer, receivedAt, isSelfIssued)
  if (!times.ok) return times
  // A platform's token that is bound to a key is refused: no request brings a proof of that key.
  // Otherwise a stolen token would work without the key (EXC-09).
  if (claims.cnf !== undefined) return deny({ reason: 'token_bound' })
  const { sub, jti } = claims
  if (typeof sub !== 'string' || sub === '') return deny({ reason: 'claim_missing', at: 'sub' })
  // Otherwise keys of one trust domain could sign tokens of another (ISS-06).
  if (issuer.trustDomain !== undefined && !isSpiffeId(sub, issuer.trustDomain)) {
    return invalid('sub', 'spiffe_id')
  }
  if (!isReadableText(sub)) return invalid('sub', 'text')
  if (jti !== undefined && (typeof jti !== 'string' || !isReadableText(jti))) {
    return invalid('jti', 'text')
  }
  const provider = checkProfile(claims, sub, profile)
  if (!provider.ok) return provider
  const readAllowance = isIdJag ? readIdJag : token.type === TXN_TYP ? readTxnToken : undefined
  const allowance = readAllowance === undefined ? ok(undefined) : readAllowance(claims)
  if (!allowance.ok) return allowance
  return ok(
    sealIdentity({
      issuer: issuer.url,
      subject: sub,
      tokenId: jti === '' ? undefined : jti,
      expiresAt: times.value,
      claims,
      allowance: allowance.value,
    }),
  )
}

const encoder = new TextEncoder()

/** RFC 7515 §5.2: the signature covers the text of header and payload. `peek` checked all three. */
function hasValidSignature(
  { raw, alg }: UntrustedToken,
  key: PublicKey,
  verifySignature: VerifySignature,
): Promise<boolean> {
  const end = raw.lastIndexOf('.')
  const signed = encoder.encode(raw.slice(0, end))
  return verifySignature(key, alg, signed, decodeBase64Url(raw.slice(end + 1)))
}

/**
 * Whether the subject is a SPIFFE ID of this trust domain. The domain must be in lower case
 * (SP-07). No path segment may be empty, `.` or `..` (SP-08).
 */
function isSpiffeId(sub: string, trustDomain: string): boolean {
  const start = `spiffe://${trustDomain}/`
  if (!sub.startsWith(start)) return false
  const segments = sub.slice(start.length).split('/')
  return segments.every((segment) => /^[A-Za-z0-9._-]+$/.test(segment) && !/^\.\.?$/.test(segment))
}

/**
 * Whether the token has exactly the expected audience. Otherwise a service that accepts the same
 * token could replay it here (CLM-07).
 */
function isSoleAudience(aud: unknown, expected: string): boolean {
  if (Array.isArray(aud)) return aud.length === 1 && aud[0] === expected
  return aud === expected
}

function countAudiences(aud: unknown): number {
  return Array.isArray(aud) ? aud.length : Number(typeof aud === 'string')
}

/**
 * Returns `exp` if all times are valid. Fractions are rounded so that they never extend the
 * lifetime (CLM-02).
 */
function checkTimes(
  claims: JsonObject,
  { profile, trustDomain }: ExpectedIssuer,
  receivedAt: number,
  isSelfIssued: boolean,
): Result<number, Denial> {
  const mayLackIat = trustDomain !== undefined || isSelfIssued
  const required = mayLackIat ? (['exp'] as const) : (['exp', 'iat'] as const)
  for (const name of required) {
    if (claims[name] === undefined) return deny({ reason: 'claim_missing', at: name })
  }
  for (const name of ['exp', 'iat', 'nbf'] as const) {
    if (claims[name] !== undefined && !isNumericDate(claims[name])) {
      return invalid(name, 'numeric_date')
    }
  }
  const exp = Math.floor(Number(claims.exp))
  // A JWT-SVID need not have `iat`, nor an assertion of a client with a key of its own: it could
  // write any time. The remaining lifetime is limited instead.
  const iat = claims.iat === undefined ? receivedAt : Math.ceil(Number(claims.iat))
  const nbf = claims.nbf === undefined ? iat : Math.ceil(Number(claims.nbf))
  if (exp <= receivedAt - CLOCK_LEEWAY_SECONDS) {
    return deny({ reason: 'token_expired', facts: { exp, now: receivedAt } })
  }
  if (Math.max(iat, nbf) > receivedAt + CLOCK_LEEWAY_SECONDS) {
    const facts = iat < nbf ? { nbf, now: receivedAt } : { iat, now: receivedAt }
    return deny({ reason: 'token_not_yet_valid', facts })
  }
  if (exp - iat > profile.maxLifetimeSeconds) {
    const facts = { lifetimeSeconds: exp - iat, maxLifetimeSeconds: profile.maxLifetimeSeconds }
    return deny({ reason: 'token_lifetime_exceeded', facts })
  }
  return ok(exp)
}

type Invalid = Extract<Denial, { reason: 'claim_invalid' }>

function invalid(at: Invalid['at'], expected: Invalid['facts']['expected']) {
  return deny({ reason: 'claim_invalid', at, facts: { expected } })
}

function isNumericDate(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= MAX_NUMERIC_DATE
}

function checkProfile(
  claims: JsonObject,
  sub: string,
  profile: ProviderProfile,
): Result<undefined, Denial> {
  for (const claim of profile.claims ?? []) {
    if (claim.class === 'required' && readClaim(claims, claim.path) === undefined) {
      return deny({ reason: 'claim_missing', at: claim.path.join('.') })
    }
  }
  if (profile.subjectIs !== undefined) {
    const parts = profile.subjectIs.map((part) =>
      typeof part === 'string' ? part : readScalar(claims, part),
    )
    if (parts.includes(undefined) || parts.join('') !== sub) {
      return invalid('sub', 'equal_to_other_claims')
    }
  }
  return ok(undefined)
}
