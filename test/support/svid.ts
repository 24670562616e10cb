/**
 * A validator of JWT-SVIDs, as the standard describes it (JWT-SVID Appendix A and SPIFFE-ID §2). It
 * knows nothing of this gateway.
 */
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose'

export type Bundle = { readonly keys: readonly JWK[] }

type Expected = {
  readonly trustDomain: string
  readonly audience: string
  /** Epoch seconds. */
  readonly at: number
}

const ALGORITHMS = /^(?:RS|ES|PS)(?:256|384|512)$/
const SPIFFE_ID = /^spiffe:\/\/([a-z0-9._-]{1,255})(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/

/** Returns why the token is no JWT-SVID for this audience, or its SPIFFE ID. */
export async function validateSvid(
  token: string,
  bundle: Bundle,
  { trustDomain, audience, at }: Expected,
): Promise<string> {
  const header = decodeProtectedHeader(token)
  const { alg = '', kid, typ, ...other } = header
  if (Object.keys(other).length > 0) return 'header'
  if (!ALGORITHMS.test(alg)) return 'alg'
  if (typ !== undefined && typ !== 'JWT' && typ !== 'JOSE') return 'typ'
  const { sub = '', aud, exp } = decodeJwt(token)
  if (SPIFFE_ID.exec(sub)?.[1] !== trustDomain) return 'sub'
  if (![aud].flat().includes(audience)) return 'aud'
  if (exp === undefined || exp <= at) return 'exp'
  const key = bundle.keys.find((one) => one.kid === kid && one.use === 'jwt-svid')
  if (key === undefined) return 'key'
  try {
    await compactVerify(token, await importJWK(key, alg))
  } catch {
    return 'signature'
  }
  return sub
}
