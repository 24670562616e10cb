/**
 * Finds the one access token of a request. Only the `Authorization` header is read (PR-07). A query
 * ends up in logs and browser histories, and reading the body would take it from the API.
 */
import { parseSentToken, type SentToken } from '../protocol/bearer.ts'
import { parseUrl } from '../web/url-spelling.ts'
import { VerificationError } from './verification-error.ts'

/** The parts of a request that the verifier reads. Every `Request` fits. */
export type TokenCarrier = {
  /** The whole URL, or its path with the query. The host is never used. */
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
  readonly scheme: SentToken['scheme']
  readonly carrier: TokenCarrier | undefined
}

/** The request behind each carrier that an entry point for a framework has made. */
const requests = new WeakMap<TokenCarrier, object>()

/**
 * Tells that this carrier is of one received request. Only entry points know that. Any other carrier
 * may be used again for a later request, so its proof counts as replayed.
 */
export function rememberRequest(carrier: TokenCarrier, request: object): TokenCarrier {
  requests.set(carrier, request)
  return carrier
}

export function requestOf(carrier: TokenCarrier): object | undefined {
  return requests.get(carrier)
}

export function readPresentedToken(carrier: TokenCarrier): PresentedToken {
  const authorization = carrier.headers.get('authorization')
  const sent = parseSentToken(authorization)
  if (sent === undefined) {
    const reason = authorization === null ? 'authorization_missing' : 'scheme_unsupported'
    throw new VerificationError('token_missing', reason)
  }
  const url = parseRequestUrl(carrier.url)
  if (url === undefined) throw new VerificationError('invalid_request', 'url_malformed')
  // With two tokens, a proxy before this API may have checked the other one (PR-08).
  if (url.searchParams.has('access_token')) {
    throw new VerificationError('invalid_request', 'token_sent_twice')
  }
  const { scheme, token } = sent
  if (token === undefined) throw new VerificationError('invalid_request', 'authorization_malformed')
  return { scheme, token, carrier }
}

/** Parses the URL of a request. Undefined for a malformed one: a client chooses `Host` and path. */
export function parseRequestUrl(url: string): URL | undefined {
  // A path may begin with two slashes, and names no host.
  return parseUrl(url.startsWith('/') ? `http://localhost${url}` : url)
}
