/**
 * The OpenID Connect provider by which people log in at a gateway: its metadata, and what its
 * failures mean. `oauth4webapi` makes the requests and checks the answers.
 */
import type * as oauth from 'oauth4webapi'
import { isPassingStatus, send } from '../../../client/in-house.ts'
import { ExchangeError } from '../../../client/index.ts'
import type { AdminLogin } from '../../../contract/login.ts'
import { isLoopbackIssuer } from '../../../web/issuer-url.ts'
import { CommandFailure, refusal, unreachable } from '../../shell/failure.ts'
import { findConnectionHint } from '../../shell/faults/connection-hint.ts'

export type Library = typeof oauth

/** What each request to the provider needs. */
export type Provider = {
  readonly library: Library
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  /** The client is public, so it only names itself. */
  readonly authentication: oauth.ClientAuth
  readonly options: Transport
}

type Transport = ReturnType<typeof makeTransport>

/** Reads the metadata of the provider. It must name itself exactly as the gateway does. */
export async function openProvider(login: AdminLogin): Promise<Provider> {
  refuseUrl(login.issuer, 'issuer')
  const library = await import('oauth4webapi')
  const options = makeTransport(library)
  const issuer = new URL(login.issuer)
  const server = await reportFailures(login, library, async () => {
    const response = await library.discoveryRequest(issuer, options)
    return library.processDiscoveryResponse(issuer, response)
  })
  // A trailing slash makes another issuer, whose tokens the gateway refuses.
  if (server.issuer !== login.issuer) throw otherIssuer(login)
  return {
    library,
    server,
    client: { client_id: login.client_id },
    authentication: library.None(),
    options,
  }
}

/** Only a local provider may be without TLS. No request follows a redirect. */
function makeTransport(library: Library) {
  return {
    [library.allowInsecureRequests]: true,
    async [library.customFetch](
      url: string,
      init: {
        readonly method: string
        readonly headers: Readonly<Record<string, string>>
        readonly body?: URLSearchParams | undefined
      },
    ): Promise<Response> {
      refuseUrl(url, 'endpoint')
      const { status, headers, text } = await send({
        url,
        method: init.method === 'POST' ? 'POST' : 'GET',
        headers: init.headers,
        ...(init.body === undefined ? {} : { body: init.body.toString() }),
        who: 'the provider',
      })
      if (isPassingStatus(status)) {
        throw unreachable(`the provider is unavailable (status ${status})`)
      }
      return new Response(text === '' ? null : text, { status, headers })
    },
  }
}

/** The URL comes from the gateway or the provider. Another scheme could start a program (LGN-05). */
export function refuseUrl(url: string, what: string): void {
  if (URL.canParse(url) && (new URL(url).protocol === 'https:' || isLoopbackIssuer(url))) return
  throw refusal(`the ${what} of the provider must be https; http is for loopback addresses only`)
}

function otherIssuer({ issuer }: AdminLogin): CommandFailure {
  return refusal(
    `the provider at ${issuer} names itself by another issuer URL`,
    'ask the administrator of the gateway to correct ADMIN_LOGIN and BOOTSTRAP_TRUST',
  )
}

/** Runs an action of the library, and turns its errors into failures of a command. */
export async function reportFailures<Value>(
  login: AdminLogin,
  library: Library,
  action: () => Promise<Value>,
): Promise<Value> {
  try {
    return await action()
  } catch (error) {
    throw describeFailure(error, login, library)
  }
}

function describeFailure(error: unknown, login: AdminLogin, library: Library): unknown {
  if (error instanceof CommandFailure) return error
  if (error instanceof ExchangeError) {
    return unreachable(error.description, ...findConnectionHint(error), describeWayOut(login))
  }
  if (error instanceof library.AuthorizationResponseError) {
    return error.error === 'access_denied'
      ? refusal('the login was refused at the provider')
      : refusal(`the provider refused the login: ${describeCode(error)}`)
  }
  if (error instanceof library.ResponseBodyError) {
    const isSecret = error.error === 'invalid_client' || error.error === 'unauthorized_client'
    const hints = isSecret
      ? [`the client ${login.client_id} must be public: it has no secret, and uses PKCE`]
      : []
    if (error.status >= 500) return unreachable(`the provider failed: ${describeCode(error)}`)
    return refusal(`the provider refused the login: ${describeCode(error)}`, ...hints)
  }
  if (error instanceof library.OperationProcessingError) return describeAnswer(error, login)
  return error
}

/** The message names only the host, which is not that of the gateway. */
function describeWayOut({ issuer }: AdminLogin): string {
  return `${issuer} is the login provider of the gateway; other ways to administer it: docs/login.md`
}

type OAuthError = { readonly error: string; readonly error_description?: string | undefined }

function describeCode({ error, error_description: description }: OAuthError): string {
  return description === undefined ? error : `${description} (${error})`
}

/** An answer that has arrived and is not acceptable. */
function describeAnswer(
  error: { readonly code?: string; readonly message: string; readonly cause?: unknown },
  login: AdminLogin,
): CommandFailure {
  const cause: { readonly claim?: unknown; readonly attribute?: unknown } = Object(error.cause)
  if (cause.attribute === 'issuer') return otherIssuer(login)
  switch (cause.claim) {
    case 'iss':
      return refusal('the ID token of the provider is from another issuer')
    case 'aud':
      return refusal(`the ID token of the provider is not for the client ${login.client_id}`)
    case 'nonce':
      return refusal('the ID token of the provider is of another login: log in again')
    default:
      return refusal(`the answer of the provider is invalid: ${error.message}`)
  }
}
