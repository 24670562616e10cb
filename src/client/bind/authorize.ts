/**
 * Sends requests to an API with a token, and with a proof if the token is bound to a key. A request
 * is repeated only when the API asks for a nonce, and only if its body can be sent again.
 */
import { DPOP } from '../../protocol/dpop/words.ts'
import { findSchemeFault } from '../exchange/endpoint.ts'
import type { HeldToken } from '../hold/token-holder.ts'
import { OptionError } from '../option-error.ts'
import { noncesOf } from './nonces.ts'
import type { ProofKey } from './proof-key.ts'

/** The request for which `authorize` returns headers. Every `Request` fits. */
export type AuthorizedRequest = { readonly method: string; readonly url: string }

/** The parts of an answer that `shouldRepeat` reads. Every `Response` fits. */
export type ApiAnswer = {
  readonly status: number
  readonly headers: { readonly get: (name: string) => string | null }
}

export type Authorizer = {
  readonly authorize: (
    request: AuthorizedRequest,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<Record<string, string>>
  readonly shouldRepeat: (request: Pick<AuthorizedRequest, 'url'>, answer: ApiAnswer) => boolean
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
}

type AuthorizerPorts = {
  readonly getToken: (options: { readonly signal?: AbortSignal | undefined }) => Promise<HeldToken>
  /** Undefined for bearer tokens. */
  readonly proofKey: ProofKey | undefined
  readonly fetch: typeof globalThis.fetch | undefined
}

/** The key with which credentials are made. Undefined for bearer tokens. */
type Binding = { readonly proofKey: ProofKey | undefined }

/** Returns the headers with which a token is sent in one request: `authorization` and `dpop`. */
export async function makeCredentials(
  { method, url }: AuthorizedRequest,
  accessToken: string,
  { proofKey }: Binding,
): Promise<Record<string, string>> {
  if (proofKey === undefined) return { authorization: `Bearer ${accessToken}` }
  const nonce = noncesOf(proofKey).find('api', url)
  const dpop = await proofKey.prove({ method, url, accessToken, nonce })
  return { authorization: `${DPOP} ${accessToken}`, dpop }
}

/** Remembers the nonce of an answer. Returns whether the API asks for a proof with it. */
export function asksForRepeat(url: string, answer: ApiAnswer, { proofKey }: Binding): boolean {
  if (proofKey === undefined) return false
  const isNew = noncesOf(proofKey).learn('api', url, answer.headers)
  return isNew && answer.status === 401 && asksForNonce(answer.headers.get('www-authenticate'))
}

export function createAuthorizer({ getToken, proofKey, fetch }: AuthorizerPorts): Authorizer {
  const authorize: Authorizer['authorize'] = async (request, { signal } = {}) => {
    const { url } = request
    // Plain http shows the token to everyone on the way.
    const fault = URL.canParse(url) ? findSchemeFault(new URL(url)) : 'must be absolute'
    if (fault !== undefined) throw new OptionError(`url ${fault}`)
    if (proofKey !== undefined && typeof request.method !== 'string') {
      throw new OptionError('method must be the method of the request')
    }
    const { accessToken } = await getToken({ signal })
    // Some HTTP clients name methods in lower case and send them in upper case, as a proof needs them.
    const method = request.method?.toUpperCase()
    return makeCredentials({ method, url }, accessToken, { proofKey })
  }

  const shouldRepeat: Authorizer['shouldRepeat'] = ({ url }, answer) =>
    asksForRepeat(url, answer, { proofKey })

  async function sendOnce(request: Request): Promise<Response> {
    const { method, url, signal } = request
    const headers = await authorize({ method, url }, { signal })
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value)
    return (fetch ?? globalThis.fetch)(request)
  }

  return {
    authorize,
    shouldRepeat,
    async fetch(input, init) {
      // The token is for one API and the proof is for one URL, so a redirect is not followed.
      const asked = init?.redirect ?? (input instanceof Request ? input.redirect : undefined)
      const redirect = asked === 'error' ? 'error' : 'manual'
      const make = () => new Request(input, { ...init, redirect })
      const isRepeatable = canRepeat(input, init)
      const first = make()
      const answer = await sendOnce(first)
      if (!shouldRepeat(first, answer) || !isRepeatable) return answer
      await answer.body?.cancel()
      const second = make()
      const next = await sendOnce(second)
      // The nonce of this answer is for the next request.
      shouldRepeat(second, next)
      return next
    },
  }
}

/** RFC 9449 §9: a challenge of the scheme DPoP with this error. */
function asksForNonce(challenge: string | null): boolean {
  return /\bdpop\b.*\berror="?use_dpop_nonce"?(?![\w-])/i.test(challenge ?? '')
}

/** A stream can be read only once. The body of a `Request` is a stream. */
function canRepeat(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const body = init?.body ?? (input instanceof Request ? input.body : undefined)
  if (body === null || body === undefined || typeof body === 'string') return true
  if (body instanceof URLSearchParams || body instanceof Blob || body instanceof FormData)
    return true
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body)
}
