/** Verifies the signature of a checkpoint with the public keys of a gateway. */
import { decodeBase64Url, isBase64Url } from '../../web/base64.ts'
import type { JsonObject } from '../../web/json.ts'
import type { VerifySignature } from '../../web/signature.ts'
import { selectKey } from '../evidence/select-key.ts'
import { parseStrictObject } from '../evidence/strict-json.ts'
import type { PublicKey } from '../keys/issuer-keys.ts'

export type DecodedCheckpoint = {
  readonly alg: string
  readonly kid: string | undefined
  readonly typ: unknown
  readonly claims: JsonObject
  readonly signed: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
}

/** Decodes a JWS in compact form. Undefined for any other text. Nothing in it is verified. */
export function decodeCheckpoint(jwt: string): DecodedCheckpoint | undefined {
  const parts = jwt.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 || !parts.every(isBase64Url)) return undefined
  const members = parseStrictObject(decodeBase64Url(header))
  const claims = parseStrictObject(decodeBase64Url(payload))
  if (members === undefined || claims === undefined) return undefined
  const { alg, kid, typ } = members
  // An extension that must be understood is not (RFC 7515 §4.1.11).
  if (typeof alg !== 'string' || 'crit' in members) return undefined
  return {
    alg,
    kid: typeof kid === 'string' ? kid : undefined,
    typ,
    claims,
    signed: new TextEncoder().encode(`${header}.${payload}`),
    signature: decodeBase64Url(signature),
  }
}

export async function isSignedBy(
  { alg, kid, signed, signature }: DecodedCheckpoint,
  keys: readonly PublicKey[],
  verifySignature: VerifySignature,
): Promise<boolean> {
  const key = kid === undefined ? undefined : selectKey(keys, { alg, kid })
  return key !== undefined && verifySignature(key, alg, signed, signature)
}
