/**
 * Checks the form, the header and the signature of a token. The payload is parsed only after the
 * signature has been verified.
 */

import { compactVerify, decodeProtectedHeader } from 'jose'
import {
  findTokenTyp,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type TokenTyp,
} from '../protocol/token.ts'
import { isBase64Url } from '../web/base64.ts'
import { decodeUtf8, skipByteOrderMark } from '../web/bytes.ts'
import { isJsonObject, type JsonObject, readMember } from '../web/json.ts'
import { isKeyId, type VerificationKey } from './keys/key-set.ts'
import { MAX_TOKEN_CHARACTERS } from './limits.ts'
import { invalidToken } from './verification-error.ts'

export type TokenHeader = { readonly algorithm: SigningAlgorithm; readonly keyId: string }

/**
 * Header members by which a token could choose the key that verifies it (TOK-04), or change what is
 * signed or how it is checked (TOK-07, TOK-08).
 */
const FORBIDDEN_MEMBERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64']

export function parseHeader(token: string, typs: readonly TokenTyp[]): TokenHeader {
  return readHeader(token, MAX_TOKEN_CHARACTERS, (value) => {
    const typ = findTokenTyp(value)
    return typ !== undefined && typs.includes(typ)
  })
}

/** Checks the form and the header of a token or of another signed text of the gateway. */
export function readHeader(
  token: string,
  maxCharacters: number,
  isTyp: (typ: unknown) => boolean,
): TokenHeader {
  if (!isCompactJws(token, maxCharacters)) throw invalidToken('token_malformed')
  const header = decodeHeader(token)
  if (FORBIDDEN_MEMBERS.some((name) => Object.hasOwn(header, name))) {
    throw invalidToken('token_malformed')
  }
  // RFC 9068 §4: a token of another type was issued for another purpose (PR-01).
  if (!isTyp(readMember(header, 'typ'))) throw invalidToken('token_kind_not_accepted')
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === readMember(header, 'alg'))
  if (algorithm === undefined) throw invalidToken('algorithm_not_allowed')
  const keyId = readMember(header, 'kid')
  if (!isKeyId(keyId)) throw invalidToken('key_unknown')
  return { algorithm, keyId }
}

/** Returns the claims. They are parsed only after the signature has been verified (PR-04). */
export async function verifySignature(
  token: string,
  header: TokenHeader,
  key: VerificationKey,
): Promise<JsonObject> {
  if (key.algorithm !== header.algorithm) throw invalidToken('algorithm_not_allowed')
  const payload = await openToken(token, key)
  const claims = parseClaims(payload)
  if (claims === undefined) throw invalidToken('token_malformed')
  return claims
}

/**
 * Verifies the signature. Every failure becomes `signature_invalid`: workerd throws for a signature
 * of the wrong length, and that exception would otherwise cause a 500 (TOK-12).
 */
async function openToken(token: string, key: VerificationKey): Promise<Uint8Array> {
  try {
    const options = { algorithms: [key.algorithm] }
    return (await compactVerify(token, key.publicKey, options)).payload
  } catch {
    throw invalidToken('signature_invalid')
  }
}

function parseClaims(payload: Uint8Array): JsonObject | undefined {
  try {
    const claims: unknown = JSON.parse(skipByteOrderMark(decodeUtf8(payload) ?? ''))
    return isJsonObject(claims) ? claims : undefined
  } catch {
    return undefined
  }
}

/** Whether a token is three parts in canonical base64url. Otherwise one token has many forms (TOK-10). */
function isCompactJws(token: string, maxCharacters: number): boolean {
  if (typeof token !== 'string' || token.length > maxCharacters) return false
  const parts = token.split('.', 4)
  return parts.length === 3 && parts.every(isBase64Url)
}

function decodeHeader(token: string): JsonObject {
  try {
    return decodeProtectedHeader(token)
  } catch {
    throw invalidToken('token_malformed')
  }
}
