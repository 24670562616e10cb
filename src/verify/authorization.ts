/**
 * Finds the one bearer token of a request. Only the `Authorization` header is read (PR-07). A query
 * ends up in logs and browser histories, and reading the body would take it from the API.
 */
import { parseBearer } from '../protocol/bearer.ts'
import { VerificationError } from './verification-error.ts'

/** The parts of a request that the verifier reads. Every `Request` fits. */
export type TokenCarrier = {
  readonly url: string
  readonly headers: { readonly get: (name: string) => string | null }
}

export function readBearerToken(request: TokenCarrier): string {
  const bearer = parseBearer(request.headers.get('authorization'))
  if (bearer.kind === 'absent') {
    throw new VerificationError('token_missing', 'authorization_missing')
  }
  if (bearer.kind === 'other_scheme') {
    throw new VerificationError('token_missing', 'scheme_unsupported')
  }
  // With two tokens, a proxy before this API may have checked the other one (PR-08).
  if (new URL(request.url).searchParams.has('access_token')) {
    throw new VerificationError('invalid_request', 'token_sent_twice')
  }
  if (bearer.kind === 'malformed') {
    throw new VerificationError('invalid_request', 'authorization_malformed')
  }
  return bearer.token
}
