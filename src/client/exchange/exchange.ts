/**
 * The client's side of a token exchange (RFC 8693): sends the request, with a proof of possession if
 * there is a key (RFC 9449 §5), and checks the response.
 */

import {
  FORM_CONTENT_TYPE,
  GRANT_TYPE_TOKEN_EXCHANGE,
  TOKEN_TYPE_JWT,
  type TokenResponse,
} from '../../protocol/oauth.ts'
import { TOKEN_PATH } from '../../protocol/paths.ts'
import { isScopeToken, splitScopes } from '../../protocol/scope.ts'
import { noncesOf } from '../bind/nonces.ts'
import type { ProofKey } from '../bind/proof-key.ts'
import { send } from '../http/send.ts'
import { demand, demandFunction, demandNames } from '../option-error.ts'
import type { Answer } from './answer.ts'
import { canonicalGatewayUrl, endpointUrl } from './endpoint.ts'
import { ExchangeError, judgeRefusal, judgeStranger, parseObject } from './exchange-error.ts'
import { findLifetimeFault } from './lifetime.ts'

/** Options of `exchange`. */
export type ExchangeOptions = {
  /** The URL of the gateway, which is its issuer URL. */
  readonly url: string
  /** The OIDC token of the workload's platform. */
  readonly subjectToken: string
  /** The token type of RFC 8693 §3. Default: JWT. */
  readonly subjectTokenType?: string | undefined
  /**
   * The token of the party that acts for the subject, such as an agent (RFC 8693 §2.1). The issued
   * token names both.
   */
  readonly actorToken?: string | undefined
  /** The token type of the actor token. Default: JWT. */
  readonly actorTokenType?: string | undefined
  /** The API that the token is for, by its URI in the trust document. */
  readonly resource: string
  /** Default: all scopes of the rule. */
  readonly scopes?: readonly string[] | undefined
  /** The name of the only rule that may grant the token. Naming a rule grants nothing by itself. */
  readonly rule?: string | undefined
  /** A shorter lifetime than the rule's. */
  readonly lifetimeSeconds?: number | undefined
  /** Binds the issued token to this key (RFC 9449). Default: a bearer token. */
  readonly proofKey?: ProofKey | undefined
  readonly signal?: AbortSignal | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
}

export const EXCHANGE_OPTION_NAMES = {
  url: true,
  subjectToken: true,
  subjectTokenType: true,
  actorToken: true,
  actorTokenType: true,
  resource: true,
  scopes: true,
  rule: true,
  lifetimeSeconds: true,
  proofKey: true,
  signal: true,
  fetch: true,
} satisfies Record<keyof ExchangeOptions, true>

/** The issued token and its properties. */
export type ExchangedToken = {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly scopes: readonly string[]
  readonly tokenType: string
  readonly issuedTokenType: string
  /** The id of the decision in the gateway's log. */
  readonly decisionId: string
}

/**
 * Exchanges a subject token for a short-lived token of one API. It sends one request, because a rule
 * may accept a subject token only once. `createTokenSource` tries again with a new one each time.
 *
 * Throws `ExchangeError` when the gateway refuses or cannot be reached, `TypeError` for invalid
 * options, and the reason of `signal` when the signal ends the request.
 *
 * @example
 * const { accessToken } = await exchange({
 *   url: 'https://sts.example.com',
 *   subjectToken,
 *   resource: 'https://api.example.com',
 *   scopes: ['deploy:write'],
 * })
 */
export async function exchange(options: ExchangeOptions): Promise<ExchangedToken> {
  demandNames(options, EXCHANGE_OPTION_NAMES)
  demandPorts(options)
  const { proofKey } = options
  if (proofKey === undefined) return judgeExchange(await sendExchange(options), 'bearer')
  const answer = await sendProven(options, proofKey)
  // A second request with the same subject token: the gateway has refused the first before it used
  // the token up.
  const isRetry = answer.learned && parseObject(answer.text)?.error === 'use_dpop_nonce'
  return judgeExchange(isRetry ? await sendProven(options, proofKey) : answer, 'dpop')
}

/** Throws `TypeError` if an option is wrong. An exchange does the same before anything is sent. */
export function checkExchangeOptions(options: ExchangeOptions): void {
  canonicalGatewayUrl(options.url)
  renderForm(options)
  demandPorts(options)
}

function demandPorts({ proofKey, fetch }: ExchangeOptions): void {
  demandFunction('fetch', fetch)
  demand(
    proofKey === undefined || typeof proofKey?.prove === 'function',
    'proofKey must be made by createProofKey',
  )
}

/** `learned`: the answer has a new nonce. */
async function sendProven(
  options: ExchangeOptions,
  proofKey: ProofKey,
): Promise<Answer & { readonly learned: boolean }> {
  const url = endpointUrl(options.url, TOKEN_PATH)
  const nonces = noncesOf(proofKey)
  const nonce = nonces.find('gateway', url)
  const dpop = await proofKey.prove({ method: 'POST', url, nonce })
  const answer = await sendExchange(options, { dpop })
  return { ...answer, learned: nonces.learn('gateway', url, answer.headers) }
}

async function sendExchange(
  options: ExchangeOptions,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return send({
    url: endpointUrl(options.url, TOKEN_PATH),
    method: 'POST',
    headers: { 'content-type': FORM_CONTENT_TYPE, ...headers },
    body: renderForm(options).toString(),
    signal: options.signal,
    fetch: options.fetch,
  })
}

function renderForm(options: ExchangeOptions): URLSearchParams {
  const { subjectTokenType = TOKEN_TYPE_JWT, scopes, rule, lifetimeSeconds } = options
  const form = new URLSearchParams({
    grant_type: GRANT_TYPE_TOKEN_EXCHANGE,
    subject_token: requireText('subjectToken', options.subjectToken),
    subject_token_type: requireText('subjectTokenType', subjectTokenType),
    resource: requireText('resource', options.resource),
  })
  if (options.actorToken !== undefined) {
    const { actorTokenType = TOKEN_TYPE_JWT } = options
    form.set('actor_token', requireText('actorToken', options.actorToken))
    form.set('actor_token_type', requireText('actorTokenType', actorTokenType))
  } else demand(options.actorTokenType === undefined, 'actorTokenType needs actorToken')
  if (scopes !== undefined) {
    demand(Array.isArray(scopes), 'scopes must be a list of scopes')
    if (scopes.length > 0) form.set('scope', renderScopes(scopes))
  }
  if (rule !== undefined) form.set('rule', requireText('rule', rule))
  if (lifetimeSeconds !== undefined) {
    const fault = findLifetimeFault(lifetimeSeconds)
    demand(fault === undefined, `lifetimeSeconds ${fault}`)
    form.set('expires_in', String(lifetimeSeconds))
  }
  return form
}

/** Refuses white space, such as the line end of a file. No gateway accepts a value with it. */
export function requireText(name: string, value: unknown): string {
  demand(
    typeof value === 'string' && /^\S+$/.test(value),
    `${name} must be a non-empty string without spaces`,
  )
  return value
}

function renderScopes(scopes: readonly string[]): string {
  const isEachOne = scopes.every((scope) => typeof scope === 'string' && isScopeToken(scope))
  demand(isEachOne, 'each entry of scopes must be one scope without spaces')
  return scopes.join(' ')
}

/** The characters that an Authorization header allows in a bearer token (RFC 6750 §2.1). */
const BEARER = /^[A-Za-z0-9._~+/-]+=*$/

/** `expected`: the type of the token, in lower case (RFC 6749 §5.1: it is case-insensitive). */
function judgeExchange(answer: Answer, expected: 'bearer' | 'dpop'): ExchangedToken {
  if (answer.status !== 200) throw judgeRefusal(answer)
  const body: Partial<Record<keyof TokenResponse, unknown>> = parseObject(answer.text) ?? {}
  const { access_token: accessToken, token_type: tokenType, scope } = body
  const { issued_token_type: issuedTokenType, expires_in: expiresInSeconds } = body
  const { decision_id: decisionId } = body
  if (
    typeof accessToken !== 'string' ||
    !BEARER.test(accessToken) ||
    typeof tokenType !== 'string' ||
    !TOKEN_TYPES.includes(tokenType.toLowerCase()) ||
    typeof issuedTokenType !== 'string' ||
    typeof expiresInSeconds !== 'number' ||
    expiresInSeconds <= 0 ||
    typeof scope !== 'string' ||
    typeof decisionId !== 'string'
  ) {
    throw judgeStranger(answer)
  }
  // RFC 9449 §5: a client that needs a bound token must not use another one.
  if (tokenType.toLowerCase() !== expected) throw judgeType(answer, expected)
  return {
    accessToken,
    expiresInSeconds,
    scopes: splitScopes(scope),
    tokenType,
    issuedTokenType,
    decisionId,
  }
}

const TOKEN_TYPES: readonly string[] = ['bearer', 'dpop']

function judgeType({ status }: Answer, expected: 'bearer' | 'dpop'): ExchangeError {
  const description =
    expected === 'dpop'
      ? 'the token is not bound to the key: its resource needs proof_of_possession: optional'
      : 'the token is bound to a key, but none was sent'
  return new ExchangeError({ code: 'invalid_response', status, description })
}
