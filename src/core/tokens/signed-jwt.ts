/** The compact form of a JWT of ours (RFC 7515 §3.1). Which claims it has is said in `issue.ts`. */
import type { STATUS_LIST_TYP } from '../../protocol/status/status-list.ts'
import type {
  CHECKPOINT_TYP,
  INTROSPECTION_TYP,
  IssuedTyp,
  SECURITY_EVENT_TYP,
} from '../../protocol/token.ts'
import { encodeBase64Url } from '../../web/base64.ts'
import type { Sign } from '../../web/signature.ts'

export type SignJwt = (claims: object) => Promise<string>

export type JwtHeader = {
  readonly typ:
    | IssuedTyp
    | typeof CHECKPOINT_TYP
    | typeof SECURITY_EVENT_TYP
    | typeof INTROSPECTION_TYP
    | typeof STATUS_LIST_TYP
  readonly alg: string
  readonly kid: string
}

/** The characters of a token with a signature of this many bytes, before it is signed. */
export function countJwt(header: JwtHeader, claims: object, signatureBytes: number): number {
  const bytesOf = (part: object) => encoder.encode(JSON.stringify(part)).length
  const parts = [bytesOf(header), bytesOf(claims), signatureBytes]
  // Two points, and four characters for three bytes.
  return parts.reduce((length, bytes) => length + Math.ceil((bytes * 4) / 3), 2)
}

const encoder = new TextEncoder()

/** Encodes the header once, for every token with it. @throws where the platform cannot sign. */
export function createJwtSigner(header: JwtHeader, sign: Sign): SignJwt {
  const start = `${encodeBase64Url(encoder.encode(JSON.stringify(header)))}.`
  return async function signJwt(claims) {
    const text = start + encodeBase64Url(encoder.encode(JSON.stringify(claims)))
    return `${text}.${encodeBase64Url(await sign(encoder.encode(text)))}`
  }
}
