/** The token endpoint of the provider of people, for its public client, and its revocation endpoint. */
import { createHash } from 'node:crypto'
import type { Realm } from '../issuer/issuer-realm.ts'
import type { PeopleBehaviour } from './behaviour.ts'
import type { Devices } from './devices.ts'
import { GRANT_TYPE_DEVICE_CODE, PEOPLE_GRANT_TYPES } from './grant-types.ts'
import { type Approval, type Grants, newSecret } from './grants.ts'
import {
  json,
  oauthError,
  type Parameters,
  type PeopleAnswer,
  type PeopleRequest,
  readParameters,
} from './http.ts'
import { claimsFor } from './person.ts'
import { readScopes } from './scopes.ts'

type Parts = {
  readonly issuer: string
  readonly realm: () => Realm
  readonly clientId: string
  readonly grants: Grants
  readonly devices: Devices
  readonly behaviour: PeopleBehaviour
}

/** As Google, Entra and Okta issue them by default. */
const ID_TOKEN_SECONDS = 3600

/** An approval, and what else the answer needs. */
type Outcome = {
  readonly approval: Approval
  readonly scopes: readonly string[]
  /** The next refresh token. */
  readonly refresh?: string | undefined
  /** A renewed ID token has no nonce (OpenID Connect Core §12.2). */
  readonly nonce?: string | undefined
}

export async function answerToken(request: PeopleRequest, parts: Parts): Promise<PeopleAnswer> {
  const form = readParameters(request.body)
  const fault = findFault(request, form, parts.clientId)
  if (fault !== undefined) return fault
  const outcome = GRANTS[form.get('grant_type') ?? '']?.(form, parts)
  if (outcome === undefined) {
    const known = PEOPLE_GRANT_TYPES.join(', ')
    return oauthError('unsupported_grant_type', `grant_type must be one of ${known}`)
  }
  if ('status' in outcome) return outcome
  return renderTokens(outcome, parts)
}

/** Revokes the refresh tokens of a sign-in (RFC 7009). An unknown token is no error. */
export function answerRevocation(request: PeopleRequest, parts: Parts): PeopleAnswer {
  const form = readParameters(request.body)
  const fault = findFault(request, form, parts.clientId)
  if (fault !== undefined) return fault
  parts.grants.revoke(form.get('token') ?? '')
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: '' }
}

/** The client is public: it names itself, and has no secret. */
function findFault(
  { contentType, authorization }: PeopleRequest,
  { get, repeated }: Parameters,
  clientId: string,
): PeopleAnswer | undefined {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    return oauthError('invalid_request', 'the body must be a form')
  }
  if (repeated !== undefined) return oauthError('invalid_request', 'a parameter is given twice')
  if (authorization !== undefined || get('client_secret') !== undefined) {
    return oauthError('invalid_client', 'the client is public: send no secret', 401)
  }
  if (get('client_id') === clientId) return undefined
  return oauthError('invalid_client', 'the client is unknown', 401)
}

type Grant = (form: Parameters, parts: Parts) => Outcome | PeopleAnswer

const GRANTS: Readonly<Record<string, Grant>> = {
  authorization_code: redeemCode,
  refresh_token: refresh,
  [GRANT_TYPE_DEVICE_CODE]: redeemDevice,
}

const invalidGrant = (text: string) => oauthError('invalid_grant', text)

function redeemCode({ get }: Parameters, { grants, clientId, behaviour }: Parts) {
  const value = get('code') ?? ''
  const verifier = get('code_verifier') ?? ''
  const code = grants.takeCode(value)
  if (code === undefined) return invalidGrant('the code is unknown, was used, or has expired')
  const { approval } = code
  if (approval.clientId !== clientId) return invalidGrant('the code is of another client')
  if (code.redirectUri !== get('redirect_uri')) return invalidGrant('redirect_uri is another')
  const hash = createHash('sha256').update(verifier).digest('base64url')
  const isWellFormed = /^[A-Za-z0-9._~-]{43,128}$/.test(verifier)
  if (!isWellFormed || hash !== code.challenge) return invalidGrant('code_verifier is another')
  const { scopes, nonce } = approval
  const isLasting = mayRenew(scopes, behaviour)
  const next = isLasting ? grants.startFamily(approval, value) : undefined
  return { approval, scopes, nonce, refresh: next }
}

function redeemDevice({ get }: Parameters, { devices, grants, clientId, behaviour }: Parts) {
  const poll = devices.poll(get('device_code') ?? '', clientId)
  if (poll.kind === 'unknown') return invalidGrant('the device code is unknown')
  if (poll.kind !== 'approved') return oauthError(poll.kind, poll.kind.replaceAll('_', ' '))
  const { approval } = poll
  const { scopes } = approval
  const isLasting = mayRenew(scopes, behaviour)
  return { approval, scopes, refresh: isLasting ? grants.startFamily(approval) : undefined }
}

function refresh({ get }: Parameters, { grants, clientId, behaviour }: Parts) {
  const token = get('refresh_token') ?? ''
  const rotated = behaviour.refresh_token === 'refused' ? undefined : grants.rotate(token, clientId)
  if (rotated === undefined) {
    return invalidGrant('the refresh token is unknown, was used, or was revoked')
  }
  const { approval, next } = rotated
  const asked = get('scope')
  const scopes = asked === undefined ? approval.scopes : readScopes(asked)
  // RFC 6749 §6: a client may ask for fewer scopes, and not for others.
  if (scopes === undefined || scopes.some((scope) => !approval.scopes.includes(scope))) {
    return oauthError('invalid_scope', 'the person has not allowed these scopes')
  }
  return { approval, scopes, refresh: next }
}

/** OpenID Connect Core §11. */
function mayRenew(scopes: readonly string[], { refresh_token }: PeopleBehaviour): boolean {
  return scopes.includes('offline_access') && refresh_token !== 'never'
}

async function renderTokens(outcome: Outcome, parts: Parts): Promise<PeopleAnswer> {
  const { scopes, refresh: next } = outcome
  const isMissing = parts.behaviour.id_token === 'missing'
  return json(200, {
    access_token: newSecret(),
    token_type: 'Bearer',
    expires_in: ID_TOKEN_SECONDS,
    scope: scopes.join(' '),
    ...(isMissing ? {} : { id_token: await mintIdToken(outcome, parts) }),
    ...(next === undefined ? {} : { refresh_token: next }),
  })
}

async function mintIdToken({ approval, scopes, nonce }: Outcome, parts: Parts): Promise<string> {
  const { issuer, realm, clientId, behaviour } = parts
  const fault = behaviour.id_token
  const shownNonce = fault === 'wrong_nonce' ? 'of-another-request' : nonce
  return realm().mint({
    provider: 'generic-oidc',
    audience: fault === 'wrong_audience' ? 'another-client' : clientId,
    lifetimeSeconds: ID_TOKEN_SECONDS,
    // Those of a workload. Providers of people issue no `jti`.
    claims: { team: null, environment: null, jti: null },
    exactClaims: {
      ...claimsFor(approval.person, scopes),
      ...(fault === 'wrong_issuer' ? { iss: `${issuer}/other` } : {}),
      auth_time: approval.authenticatedAt,
      ...(shownNonce === undefined ? {} : { nonce: shownNonce }),
    },
  })
}
