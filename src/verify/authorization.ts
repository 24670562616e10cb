/**
 * Finds the one bearer token of a request. Only the `Authorization` header counts (PR-07): the
 * query ends up in logs and browser histories, and reading a body would take it from the API.
 */
import { VerificationError } from './verification-error.ts'

/** RFC 6750 §2.1 `b64token`. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/** As much of a request as the token is looked for in. Every `Request` is one. */
export type TokenCarrier = {
  readonly url: string
  readonly headers: { readonly get: (name: string) => string | null }
}

export function readBearerToken(request: TokenCarrier): string {
  const header = request.headers.get('authorization')
  if (header === null) throw new VerificationError('token_missing', 'authorization_missing')
  const [scheme = '', ...rest] = header.split(' ')
  // RFC 9110 §11.1: the name of a scheme has no case.
  if (scheme.toLowerCase() !== 'bearer') {
    throw new VerificationError('token_missing', 'scheme_unsupported')
  }
  // Which of the two did whoever checked before us look at? (PR-08)
  if (new URL(request.url).searchParams.has('access_token')) {
    throw new VerificationError('invalid_request', 'token_sent_twice')
  }
  // A repeated header arrives joined by a comma, which no token contains.
  const token = rest.join(' ').trimStart()
  if (!TOKEN.test(token)) throw new VerificationError('invalid_request', 'authorization_malformed')
  return token
}
