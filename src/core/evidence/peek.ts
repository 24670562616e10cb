/**
 * Reads from a subject token what is needed to find its key: `alg`, `kid` and `iss`. Size and shape
 * are checked before decoding. The claims are parsed here once and stay sealed until `verify` opens
 * them.
 */

import { decodeBase64Url, hasCanonicalEnd } from '../../web/base64.ts'
import type { JsonObject } from '../../web/json.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import { isKeyId } from '../keys/issuer-keys.ts'
import { MAX_JOSE_HEADER_BYTES, MAX_SUBJECT_TOKEN_BYTES } from '../limits.ts'
import { loggableAlgorithm } from '../loggable.ts'
import { readHeader } from './read-header.ts'
import { type JsonFault, readStrictObject } from './strict-json.ts'

const SEALED = Symbol('unproven claims')

export type UntrustedToken = {
  readonly raw: string
  readonly alg: string
  readonly kid: string | undefined
  /** The header's `typ` in lower case without `application/`; null when absent. */
  readonly type: string | null
  /** The claimed issuer. It is not verified yet: use it only to find keys. */
  readonly issuer: string
  readonly [SEALED]: JsonObject
}

/**
 * Returns the claims. Only `verify` may call it, after the signature check, and `peekNonce`, which
 * decides nothing.
 */
export function openClaims(token: UntrustedToken): JsonObject {
  return token[SEALED]
}

const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
/**
 * Header members that contain a key, the address of a key or an extension. They are refused.
 * Otherwise a token could choose its own key (TOK-04) or change what is signed (TOK-07, TOK-08).
 */
const REFUSED_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'] as const

export function peek(raw: string): Result<UntrustedToken, Denial> {
  if (raw.length > MAX_SUBJECT_TOKEN_BYTES) {
    return tooLarge('token', raw.length, MAX_SUBJECT_TOKEN_BYTES)
  }
  // The form has only digits of base64url, so the ends of its parts are left to check.
  if (!COMPACT.test(raw)) return deny({ reason: 'token_malformed', at: 'compact_form' })
  const headerEnd = raw.indexOf('.')
  const payloadEnd = raw.lastIndexOf('.')
  const header64 = raw.slice(0, headerEnd)
  const payload64 = raw.slice(headerEnd + 1, payloadEnd)
  const signature64 = raw.slice(payloadEnd + 1)
  if (!hasCanonicalEnd(header64) || !hasCanonicalEnd(payload64) || !hasCanonicalEnd(signature64)) {
    return deny({ reason: 'token_malformed', at: 'base64url' })
  }
  if (header64.length > MAX_JOSE_HEADER_BYTES) {
    return tooLarge('header', header64.length, MAX_JOSE_HEADER_BYTES)
  }
  const readJose = readHeader(header64)
  const readClaims = readStrictObject(decodeBase64Url(payload64))
  // The log names the limit or form that is not met. The caller gets only the general reason.
  if (!readJose.ok) return notJson('header', readJose.error)
  if (!readClaims.ok) return notJson('claims', readClaims.error)
  const { value: header } = readJose
  const { value: claims } = readClaims
  const refused = REFUSED_HEADERS.find((name) => Object.hasOwn(header, name))
  if (refused !== undefined) return deny({ reason: 'token_malformed', at: `header.${refused}` })
  const { alg, kid, typ } = header
  if (typeof alg !== 'string') {
    return deny({ reason: 'algorithm_not_allowed', facts: { alg: loggableAlgorithm(alg) } })
  }
  if (kid !== undefined && !isKeyId(kid)) {
    return deny({ reason: 'token_malformed', at: 'header.kid' })
  }
  if (typ !== undefined && typeof typ !== 'string') {
    return deny({ reason: 'token_malformed', at: 'header.typ' })
  }
  const issuer = readIssuer(claims)
  if (issuer === undefined) return deny({ reason: 'issuer_not_trusted', facts: { iss: 'missing' } })
  const type = typ === undefined ? null : normaliseType(typ)
  return ok({ raw, alg, kid, type, issuer, [SEALED]: claims })
}

function tooLarge(at: 'token' | 'header', length: number, limit: number) {
  return deny({ reason: 'token_too_large', at, facts: { length, limit } })
}

function notJson(part: 'header' | 'claims', at: JsonFault) {
  return deny({ reason: 'token_malformed', at, facts: { part } })
}

const SPIFFE_ID = /^(spiffe:\/\/[a-z0-9._-]{1,255})\//

/** Reads `iss`. A JWT-SVID without `iss` belongs to the trust domain of its SPIFFE ID (ISS-06). */
function readIssuer({ iss, sub }: JsonObject): string | undefined {
  if (typeof iss === 'string') return iss
  return iss === undefined && typeof sub === 'string' ? SPIFFE_ID.exec(sub)?.[1] : undefined
}

/** RFC 7515 §4.1.9: `typ` is case-insensitive, and `application/` may be omitted. */
function normaliseType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}
