/**
 * Checks one DPoP proof (RFC 9449 §4.3). The callers decide which nonces they accept, whether the
 * proof was used before, and how to answer.
 */

import { type JsonObject, readMember } from '../../web/json.ts'
import { type JwtLimits, readCompactJwt } from '../../web/jwt/compact-jwt.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { sha256Base64Url } from '../../web/sha256.ts'
import type { VerifySignature } from '../../web/signature.ts'
import { normaliseHtu } from './htu.ts'
import {
  MAX_NONCE_CHARACTERS,
  MAX_PROOF_AGE_SECONDS,
  MAX_PROOF_AHEAD_SECONDS,
  MAX_PROOF_BYTES,
  MAX_PROOF_HEADER_BYTES,
  MAX_PROOF_ID_CHARACTERS,
  MAX_PROOF_JSON_DEPTH,
  MAX_PROOF_JSON_MEMBERS,
} from './limits.ts'
import { readProofKey, thumbprintOf } from './proof-key.ts'
import { DPOP_ALGORITHMS, DPOP_PROOF_TYP } from './words.ts'

/** The first thing that is wrong with a proof: a part of its form, or the name of a member. */
export type DpopFault =
  | 'size'
  | 'form'
  | 'typ'
  | 'alg'
  /** A header that names a second key or changes what is signed. */
  | 'header'
  | 'jwk'
  | 'jti'
  | 'htm'
  | 'htu'
  | 'iat'
  | 'nbf'
  | 'exp'
  | 'nonce'
  | 'ath'
  /** The key is not the one that the token is bound to. */
  | 'jkt'
  | 'signature'

export type DpopExpectation = {
  readonly method: string
  /** The configured URL of the endpoint. The `Host` header must not choose it (DPOP-03). */
  readonly url: string
  /** Epoch seconds. */
  readonly now: number
  /** The access token that is presented with the proof. The proof must have its hash (DP-19). */
  readonly accessToken?: string | undefined
  /** The thumbprint of the key that must have signed the proof (DP-20). */
  readonly jkt?: string | undefined
  /** The accepted algorithms. Default: all of `DPOP_ALGORITHMS`. */
  readonly algorithms?: readonly string[] | undefined
}

/** A proof that is genuine and meant for this request. */
export type DpopProof = {
  /** The thumbprint of its key, for `cnf.jkt` (RFC 9449 §6.1). */
  readonly jkt: string
  readonly jti: string
  /** In normal form, without query and fragment. */
  readonly htu: string
  /** Epoch seconds. */
  readonly iat: number
  /** A proof is not accepted after this moment, in epoch seconds. */
  readonly endsAt: number
  /** Not checked here. */
  readonly nonce: string | undefined
}

const PROOF_LIMITS: JwtLimits = {
  size: MAX_PROOF_BYTES,
  headerSize: MAX_PROOF_HEADER_BYTES,
  json: { depth: MAX_PROOF_JSON_DEPTH, members: MAX_PROOF_JSON_MEMBERS },
}
const REFUSED_HEADERS = ['crit', 'b64', 'zip', 'enc', 'jku', 'x5u', 'x5c'] as const
/** RFC 9449 §8.1: the characters of a nonce. */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** `proof` is the value of the `DPoP` header. The signature is checked last. */
export async function checkDpopProof(
  proof: string,
  expected: DpopExpectation,
  verifySignature: VerifySignature,
): Promise<Result<DpopProof, DpopFault>> {
  // Two `DPoP` headers arrive as one text with a comma, which no JWT has (DP-01).
  const read = readCompactJwt(proof, PROOF_LIMITS)
  if (!read.ok) return read
  const { header, claims, signed, signature } = read.value
  if (!isProofTyp(readMember(header, 'typ'))) return fail('typ')
  const alg = readMember(header, 'alg')
  const { algorithms = DPOP_ALGORITHMS } = expected
  // Otherwise `none` or a MAC with a published key would be a proof (DPOP-01).
  if (typeof alg !== 'string' || !DPOP_ALGORITHMS.includes(alg)) return fail('alg')
  if (!algorithms.includes(alg)) return fail('alg')
  if (REFUSED_HEADERS.some((name) => Object.hasOwn(header, name))) return fail('header')
  const key = readProofKey(readMember(header, 'jwk'))
  if (key === undefined) return fail('jwk')
  const checked = checkClaims(claims, expected)
  if (!checked.ok) return checked
  const jkt = thumbprintOf(key)
  if (expected.jkt !== undefined && jkt !== expected.jkt) return fail('jkt')
  const isSigned = await verifySignature(key, alg, signed, signature)
  return isSigned ? ok({ jkt, ...checked.value }) : fail('signature')
}

/** RFC 7515 §4.1.9: a media type is case-insensitive, and `application/` may be omitted. */
function isProofTyp(typ: unknown): boolean {
  return (
    typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === DPOP_PROOF_TYP
  )
}

function checkClaims(
  claims: JsonObject,
  { method, url, now, accessToken }: DpopExpectation,
): Result<Omit<DpopProof, 'jkt'>, DpopFault> {
  const [jti, htm, htu, iat, nbf, exp, nonce, ath] = CLAIMS.map((name) => readMember(claims, name))
  if (!isProofId(jti)) return fail('jti')
  // RFC 9110 §9.1: methods are case-sensitive.
  if (htm !== method) return fail('htm')
  const normal = typeof htu === 'string' ? normaliseHtu(htu) : undefined
  if (normal === undefined || normal !== normaliseHtu(url)) return fail('htu')
  if (!isMoment(iat) || iat > now + MAX_PROOF_AHEAD_SECONDS) return fail('iat')
  const endsAt = Math.floor(iat) + MAX_PROOF_AGE_SECONDS
  if (now > endsAt) return fail('iat')
  // RFC 7519 §4.1.4 and §4.1.5. A proof need not have them.
  if (exp !== undefined && !(isMoment(exp) && now < exp)) return fail('exp')
  if (nbf !== undefined && !(isMoment(nbf) && nbf <= now + MAX_PROOF_AHEAD_SECONDS)) {
    return fail('nbf')
  }
  if (nonce !== undefined && !isNonce(nonce)) return fail('nonce')
  if (accessToken !== undefined && ath !== hashAccessToken(accessToken)) return fail('ath')
  return ok({ jti, htu: normal, iat, endsAt, nonce })
}

const CLAIMS = ['jti', 'htm', 'htu', 'iat', 'nbf', 'exp', 'nonce', 'ath'] as const

function isProofId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_PROOF_ID_CHARACTERS
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isNonce(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_NONCE_CHARACTERS && NONCE.test(value)
}

/** `ath` of a proof: the SHA-256 of the access token, in base64url (RFC 9449 §4.2). */
export function hashAccessToken(token: string): string {
  return sha256Base64Url(token)
}
