/**
 * The authorization endpoint: code flow of a public client with PKCE (RFC 6749 §4.1, RFC 7636, RFC
 * 9700 §2.1.1). It names the issuer in each answer (RFC 9207).
 */
import type { PeopleBehaviour } from './behaviour.ts'
import type { Grants } from './grants.ts'
import {
  type Parameters,
  type PeopleAnswer,
  type PeopleRequest,
  readParameters,
  redirect,
} from './http.ts'
import { renderMessage } from './page.ts'
import { isRegisteredRedirect } from './redirect-uri.ts'
import { readScopes } from './scopes.ts'
import type { SignIn } from './sign-in.ts'

type Parts = {
  readonly issuer: string
  readonly clientId: string
  readonly grants: Grants
  readonly signIn: SignIn
  readonly behaviour: PeopleBehaviour
  readonly now: () => number
}

export function authorize(request: PeopleRequest, parts: Parts): PeopleAnswer {
  const parameters = readParameters(request.method === 'POST' ? request.body : request.query)
  // Without a proven redirect URI, the answer is a page. Otherwise anybody could redirect (RFC 9700 §4.11).
  const fault = findClientFault(parameters, parts.clientId)
  if (fault !== undefined) return renderMessage('Cannot sign in', fault, 400)
  const redirectUri = parameters.get('redirect_uri') ?? ''
  const state = parameters.get('state')
  const answer = (members: Readonly<Record<string, string>>) =>
    redirect(renderCallback(redirectUri, state, members, parts))
  const refusal = findRefusal(parameters)
  if (refusal !== undefined) return answer(refusal)
  const challenge = parameters.get('code_challenge') ?? ''
  const question = { client: parts.clientId, leadsTo: new URL(redirectUri).origin }
  return parts.signIn.ask(request, question, (person) => {
    if (person === undefined || parts.behaviour.sign_in === 'denied') {
      return answer({ error: 'access_denied', error_description: 'the person refused' })
    }
    const approval = {
      clientId: parts.clientId,
      person,
      scopes: readScopes(parameters.get('scope')) ?? [],
      nonce: parameters.get('nonce'),
      authenticatedAt: parts.now(),
    }
    return answer({ code: parts.grants.issueCode({ approval, redirectUri, challenge }) })
  })
}

function findClientFault({ get, repeated }: Parameters, clientId: string): string | undefined {
  if (repeated !== undefined) return 'The request has a parameter twice.'
  if (get('client_id') !== clientId) return `The client is unknown: the only one is ${clientId}.`
  const redirectUri = get('redirect_uri')
  if (redirectUri !== undefined && isRegisteredRedirect(redirectUri)) return undefined
  return 'The redirect_uri is not registered: it is /callback on a loopback address, or /console/callback of a gateway on one.'
}

type Refusal = { readonly error: string; readonly error_description: string }

/** S256 of RFC 7636 §4.2: 32 bytes in base64url. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/

function findRefusal({ get }: Parameters): Refusal | undefined {
  const refuse = (error: string, error_description: string) => ({ error, error_description })
  if (get('request') !== undefined) return refuse('request_not_supported', 'use parameters')
  if (get('request_uri') !== undefined) return refuse('request_uri_not_supported', 'use parameters')
  if (get('response_type') !== 'code') {
    return refuse('unsupported_response_type', 'response_type must be code')
  }
  if ((get('response_mode') ?? 'query') !== 'query') {
    return refuse('invalid_request', 'response_mode must be query')
  }
  if (readScopes(get('scope')) === undefined) {
    return refuse('invalid_scope', 'scope must have openid and only known scopes')
  }
  if (get('code_challenge_method') !== 'S256' || !CHALLENGE.test(get('code_challenge') ?? '')) {
    return refuse('invalid_request', 'code_challenge with code_challenge_method S256 is required')
  }
  // Every sign-in asks the person.
  if (get('prompt') === 'none') return refuse('login_required', 'nobody is signed in')
  return undefined
}

function renderCallback(
  redirectUri: string,
  state: string | undefined,
  members: Readonly<Record<string, string>>,
  { issuer, behaviour }: Parts,
): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(members)) url.searchParams.set(name, value)
  const shown = behaviour.sign_in === 'wrong_state' ? 'of-another-request' : state
  if (shown !== undefined) url.searchParams.set('state', shown)
  url.searchParams.set('iss', behaviour.sign_in === 'wrong_iss' ? `${issuer}/other` : issuer)
  return url.href
}
