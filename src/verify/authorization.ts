/**
 * Finds the one access token of a request. Only the `Authorization` header is read (PR-07). A query
 * ends up in logs and browser histories, and reading the body would take it from the API.
 */
import { parseBearer, parseDpopToken } from '../protocol/bearer.ts'
import { DPOP } from '../protocol/dpop/words.ts'
import { VerificationError } from './verification-error.ts'

/** The parts of a request that the verifier reads. Every `Request` fits. */
export type TokenCarrier = {
  readonly url: string
  /** Without it, tokens that are bound to a key are refused. */
  readonly method?: string | undefined
  readonly headers: { readonly get: (name: string) => string | null }
  /** The request for the option `clientCertificate`. Default: this object. */
  readonly source?: object | undefined
}

/** A token as it was sent. `carrier` is undefined for a token without its request. */
export type PresentedToken = {
  readonly token: string
  readonly scheme: 'Bearer' | 'DPoP'
  readonly carrier: TokenCarrier | undefined
}

export function readPresentedToken(carrier: TokenCarrier): PresentedToken {
  const authorization = carrier.headers.get('authorization')
  const bearer = parseBearer(authorization)
  if (bearer.kind === 'absent') {
    throw new VerificationError('token_missing', 'authorization_missing')
  }
  const isDpop = bearer.kind === 'other_scheme' && DPOP_SCHEME.test(authorization ?? '')
  if (bearer.kind === 'other_scheme' && !isDpop) {
    throw new VerificationError('token_missing', 'scheme_unsupported')
  }
  // With two tokens, a proxy before this API may have checked the other one (PR-08).
  if (new URL(carrier.url).searchParams.has('access_token')) {
    throw new VerificationError('invalid_request', 'token_sent_twice')
  }
  const token = bearer.kind === 'bearer' ? bearer.token : parseDpopToken(authorization)
  if (token === undefined) {
    throw new VerificationError('invalid_request', 'authorization_malformed')
  }
  return { token, scheme: isDpop ? DPOP : 'Bearer', carrier }
}

/** RFC 9110 §11.1: scheme names are case-insensitive. */
const DPOP_SCHEME = /^[ \t]*dpop(?![!#$%&'*+.^_`|~0-9a-z-])/i
