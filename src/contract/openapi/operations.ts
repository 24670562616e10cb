/** The public endpoints for the OpenAPI document: parameters, forms and answers. */
import * as z from 'zod/mini'
import {
  GRANT_TYPE_CLIENT_CREDENTIALS,
  GRANT_TYPE_JWT_BEARER,
  GRANT_TYPE_TOKEN_EXCHANGE,
} from '../../protocol/oauth.ts'
import {
  OAUTH_AUTHORIZATION_SERVER,
  OAUTH_PROTECTED_RESOURCE,
  OPENID_CONFIGURATION,
  PATHS,
} from '../../protocol/paths.ts'
import type { Answer, Operations, Parameter } from './operation.ts'

const text = { type: 'string' } as const
const words = z.optional(z.string())

const tokenForm = z.looseObject({
  grant_type: z.enum([
    GRANT_TYPE_TOKEN_EXCHANGE,
    GRANT_TYPE_JWT_BEARER,
    GRANT_TYPE_CLIENT_CREDENTIALS,
  ]),
  subject_token: words,
  subject_token_type: words,
  requested_token_type: words,
  assertion: words,
  client_assertion: words,
  client_assertion_type: words,
  client_id: words,
  resource: words,
  audience: words,
  scope: words,
  expires_in: words,
  rule: words,
})

const proof: Parameter = {
  name: 'DPoP',
  in: 'header',
  about: 'A proof of possession (RFC 9449 §4). The token is bound to its key.',
  schema: text,
}

const lifecycleForm = z.looseObject({
  token: z.string().check(z.minLength(1)),
  token_type_hint: words,
  client_id: words,
})

const REFUSED = {
  400: { about: 'refused, with a code of RFC 6749 §5.2 or RFC 8693 §2.2.2', schema: 'OAuthError' },
  401: {
    about: 'the credential was not accepted',
    schema: 'OAuthError',
    headers: ['WWW-Authenticate'],
  },
  413: { about: 'the form is too large', schema: 'OAuthError' },
  415: { about: 'the body is not a form', schema: 'OAuthError' },
} as const satisfies Readonly<Record<number, Answer>>

const NOT_MODIFIED: Answer = { about: '`If-None-Match` has its tag', headers: ['ETag'] }
const ABSENT: Answer = { about: 'this deployment does not publish it', schema: 'OAuthError' }
const UNREADABLE: Answer = {
  about: 'the static assets cannot be read',
  schema: 'OAuthError',
  headers: ['Retry-After'],
}

const tagged = (about: string, schema: Answer['schema']) => ({
  200: { about, headers: ['ETag'] as const, ...(schema && { schema }) },
  304: NOT_MODIFIED,
})

/** The question of a proxy, in the query at `/verify` and in headers below it. */
const question = (place: 'query' | 'header'): readonly Parameter[] => [
  {
    name: place === 'query' ? 'resource' : 'X-Edgemint-Require-Resource',
    in: place,
    about: 'the API that the request is for',
    isRequired: true,
    schema: text,
  },
  {
    name: place === 'query' ? 'scope' : 'X-Edgemint-Require-Scope',
    in: place,
    about: 'scopes that the token must have, separated by spaces',
    schema: text,
  },
]

const verifyAnswers = {
  200: { about: 'the request may pass; headers name the caller' },
  400: { about: 'the proxy asks for no resource, or for several', schema: 'OAuthError' },
  401: {
    about: 'the request has no token that is accepted',
    schema: 'OAuthError',
    headers: ['WWW-Authenticate'],
  },
  403: { about: 'a scope is missing', schema: 'OAuthError', headers: ['WWW-Authenticate'] },
  500: {
    about: 'the configuration of the proxy names an unknown resource or scope',
    schema: 'OAuthError',
  },
} as const satisfies Readonly<Record<number, Answer>>

export const below: Parameter = {
  name: 'path',
  in: 'path',
  about: 'any path, which can have several segments',
  isRequired: true,
  schema: text,
}

export const PUBLIC_OPERATIONS: Operations = {
  [`POST ${PATHS.token}`]: {
    id: 'exchangeToken',
    parameters: [proof],
    form: tokenForm,
    answers: {
      ...REFUSED,
      200: { about: 'the issued token', schema: 'Token', headers: ['DPoP-Nonce'] },
      400: { ...REFUSED[400], headers: ['DPoP-Nonce'] },
    },
  },
  [`POST ${PATHS.introspect}`]: {
    id: 'introspectToken',
    form: lifecycleForm,
    answers: {
      200: { about: 'whether the token is active, and its claims', schema: 'Introspection' },
      ...REFUSED,
    },
  },
  [`POST ${PATHS.revoke}`]: {
    id: 'revokeToken',
    form: lifecycleForm,
    answers: {
      200: { about: 'the token is no longer active', schema: 'Revoked' },
      ...REFUSED,
    },
  },
  [`* ${PATHS.verify}`]: {
    id: 'verifyRequest',
    parameters: question('query'),
    answers: verifyAnswers,
  },
  [`* ${PATHS.verify}/{path}`]: {
    id: 'verifyRequestBelow',
    parameters: [below, ...question('header')],
    answers: verifyAnswers,
  },
  [`GET ${PATHS.authorize}`]: {
    id: 'authorize',
    answers: { 400: { about: '`unsupported_response_type`', schema: 'OAuthError' } },
  },
  [`POST ${PATHS.authorize}`]: {
    id: 'authorizeByPost',
    answers: { 400: { about: '`unsupported_response_type`', schema: 'OAuthError' } },
  },
  [`GET ${OPENID_CONFIGURATION}`]: {
    id: 'getOpenIdConfiguration',
    answers: tagged('the metadata', 'ServerMetadata'),
  },
  [`GET ${OAUTH_AUTHORIZATION_SERVER}`]: {
    id: 'getServerMetadata',
    answers: tagged('the metadata', 'ServerMetadata'),
  },
  [`GET ${OAUTH_PROTECTED_RESOURCE}`]: {
    id: 'getRootResourceMetadata',
    answers: { ...tagged('the metadata of the resource', 'ResourceMetadata'), 404: ABSENT },
  },
  [`GET ${OAUTH_PROTECTED_RESOURCE}/{path}`]: {
    id: 'getResourceMetadata',
    parameters: [below],
    answers: { ...tagged('the metadata of the resource', 'ResourceMetadata'), 404: ABSENT },
  },
  [`GET ${PATHS.jwks}`]: { id: 'getKeySet', answers: tagged('the keys', 'KeySet') },
  [`GET ${PATHS.wellKnownJwks}`]: {
    id: 'getWellKnownKeySet',
    answers: tagged('the keys', 'KeySet'),
  },
  [`GET ${PATHS.spiffeBundle}`]: {
    id: 'getTrustBundle',
    answers: { ...tagged('the bundle', 'TrustBundle'), 404: ABSENT },
  },
  [`GET ${PATHS.statusList}`]: {
    id: 'getStatusList',
    parameters: [
      { name: 'list', in: 'path', about: 'the name of the list', isRequired: true, schema: text },
    ],
    answers: {
      200: { about: 'the signed list', isText: true, headers: ['ETag'] },
      304: NOT_MODIFIED,
      404: ABSENT,
      406: { about: '`Accept` excludes it', schema: 'OAuthError' },
      501: { about: '`time` is not supported', schema: 'OAuthError' },
    },
  },
  [`GET ${PATHS.statusLists}`]: {
    id: 'getStatusLists',
    answers: { 200: { about: 'the URIs', schema: 'StatusLists' }, 404: ABSENT },
  },
  [`GET ${PATHS.trustSchema}`]: {
    id: 'getTrustSchema',
    answers: { ...tagged('the JSON Schema', 'JsonSchema'), 503: UNREADABLE },
    problems: ['assetsMissing'],
  },
  [`GET ${PATHS.health}`]: {
    id: 'getHealth',
    answers: {
      200: { about: 'the gateway is ready', schema: 'Health' },
      503: { about: 'a part is not ready', schema: 'Health' },
    },
  },
  [`GET ${PATHS.openApi}`]: {
    id: 'getOpenApi',
    answers: tagged('this document', 'JsonSchema'),
    problems: ['assetsMissing'],
  },
  [`GET ${PATHS.adminLogin}`]: {
    id: 'getLogin',
    answers: { 200: { about: 'the provider and its public client', schema: 'Login' } },
    problems: ['loginOff'],
  },
}
