/**
 * The identity provider of the people: its endpoints, by the rules for fetching keys of an issuer, and
 * the request that turns a code into an ID token. Nothing from a request of a caller chooses an
 * address (CON-07).
 */
import type { AdminLogin } from '../../contract/login.ts'
import { KEY_FETCH_TIMEOUT_MILLISECONDS, KEY_SET_MAX_BYTES } from '../../core/limits.ts'
import type { Settings } from '../../core/settings.ts'
import { KEY_REQUEST_HEADERS } from '../../protocol/key-request.ts'
import { FORM_CONTENT_TYPE } from '../../protocol/oauth.ts'
import { openidConfigurationUrl } from '../../protocol/paths.ts'
import { findIssuerUrlFault, isLoopbackIssuer } from '../../web/issuer-url.ts'
import { fetchJson, type JsonRequest } from '../http/fetch-json.ts'
import { PROVIDER_FRESH_SECONDS, PROVIDER_RETRY_SECONDS } from '../limits.ts'
import { isWithin } from '../objects/trust-reader/poll.ts'
import { locateKeySet } from '../objects/trust-store/fetch/locate-key-set.ts'
import { SignInFailure } from './fault.ts'

export type Provider = {
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  /** Whether its answers name it (RFC 9207 §2.3). */
  readonly namesItself: boolean
}

/** What an isolate needs to let people sign in. */
export type SignIn = {
  readonly login: AdminLogin
  readonly findProvider: () => Promise<Provider>
}

/** Undefined if people cannot sign in. */
export function createSignIn(
  { login, policy, ceilings }: Settings,
  clock: () => number,
): SignIn | undefined {
  if (login === undefined) return undefined
  const { localIssuers } = ceilings
  const keyHosts = policy?.issuers.get(login.issuer)?.keyHosts ?? []
  return { login, findProvider: createFindProvider({ login, localIssuers, keyHosts, clock }) }
}

type ProviderOptions = {
  readonly login: AdminLogin
  readonly localIssuers: boolean
  /** Allowed hosts besides the issuer's own. */
  readonly keyHosts: readonly string[]
  /** Epoch seconds. */
  readonly clock: () => number
}

type Members = Readonly<Record<string, unknown>>

/**
 * Remembers the endpoints. A failure is remembered too, for a shorter time, so that requests to the
 * console do not become as many requests to the provider.
 */
function createFindProvider(options: ProviderOptions): () => Promise<Provider> {
  let found: { readonly provider: Provider; readonly from: number } | undefined
  let failed: { readonly failure: SignInFailure; readonly from: number } | undefined
  return async function findProvider() {
    const at = options.clock()
    if (found && isWithin(at, found.from, PROVIDER_FRESH_SECONDS)) return found.provider
    if (failed && isWithin(at, failed.from, PROVIDER_RETRY_SECONDS)) throw failed.failure
    try {
      const provider = await discover(options)
      found = { provider, from: at }
      return provider
    } catch (error) {
      if (error instanceof SignInFailure) failed = { failure: error, from: at }
      throw error
    }
  }
}

async function discover({ login, localIssuers, keyHosts }: ProviderOptions): Promise<Provider> {
  const { issuer } = login
  if (findIssuerUrlFault(issuer, { localIssuers, hasUploadedKeys: false }) !== undefined) {
    throw new SignInFailure('address_refused')
  }
  const { value } = await ask(openidConfigurationUrl(issuer), { headers: KEY_REQUEST_HEADERS })
  if (value.issuer !== issuer) throw new SignInFailure('metadata_mismatch')
  const methods = value.code_challenge_methods_supported
  if (Array.isArray(methods) && !methods.includes('S256')) {
    throw new SignInFailure('pkce_unsupported')
  }
  const token = locateKeySet(value.token_endpoint, issuer, keyHosts, localIssuers)
  const authorization = value.authorization_endpoint
  if (!token.ok || !isPageUrl(authorization, localIssuers)) {
    throw new SignInFailure('endpoint_refused')
  }
  return {
    authorizationEndpoint: authorization,
    tokenEndpoint: token.value,
    namesItself: value.authorization_response_iss_parameter_supported === true,
  }
}

/** The browser opens this URL, on any host. The gateway does not fetch it. */
function isPageUrl(url: unknown, localIssuers: boolean): url is string {
  if (typeof url !== 'string' || !URL.canParse(url)) return false
  const { protocol, username, password, origin } = new URL(url)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (localIssuers && isLoopbackIssuer(origin))
}

export type Redemption = {
  readonly code: string
  readonly verifier: string
  readonly redirectUri: string
  readonly clientId: string
}

/** Returns the ID token for a code (OpenID Connect Core §3.1.3). The client has no secret. */
export async function redeemCode(
  { tokenEndpoint }: Provider,
  { code, verifier, redirectUri, clientId }: Redemption,
): Promise<string> {
  const { value, status } = await ask(tokenEndpoint, {
    method: 'POST',
    headers: { ...KEY_REQUEST_HEADERS, 'content-type': FORM_CONTENT_TYPE },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: clientId,
      code_verifier: verifier,
    }).toString(),
    readsErrors: true,
  })
  if (status !== 200) throw new SignInFailure('code_refused', errorCodeOf(value.error))
  if (typeof value.id_token !== 'string') throw new SignInFailure('id_token_missing')
  return value.id_token
}

/** Returns an error code of the provider if it is safe to show. Any other text of it is not shown. */
export function errorCodeOf(error: unknown): string | undefined {
  return typeof error === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(error) ? error : undefined
}

async function ask(
  url: string,
  request: Omit<JsonRequest, 'maxBytes'>,
): Promise<{ readonly value: Members; readonly status: number }> {
  const signal = AbortSignal.timeout(KEY_FETCH_TIMEOUT_MILLISECONDS)
  const answer = await fetchJson(url, { ...request, signal, maxBytes: KEY_SET_MAX_BYTES }).catch(
    () => undefined,
  )
  if (answer === undefined) throw new SignInFailure(signal.aborted ? 'timed_out' : 'unreachable')
  if (!answer.ok) throw new SignInFailure(answer.error)
  const { value, response } = answer.value
  if (typeof value !== 'object' || value === null) throw new SignInFailure('not_json')
  return { value: value as Members, status: response.status }
}
