/**
 * The token exchange (RFC 8693) from the caller's side: one function sends, one judges what came,
 * and `exchange` is the two together.
 */

import {
  FORM_CONTENT_TYPE,
  GRANT_TYPE_TOKEN_EXCHANGE,
  TOKEN_TYPE_JWT,
  type TokenResponse,
} from '../../protocol/oauth.ts'
import { TOKEN_PATH } from '../../protocol/paths.ts'
import { isScopeToken, splitScopes } from '../../protocol/scope.ts'
import { send } from '../http/send.ts'
import { OptionError } from '../option-error.ts'
import type { Answer } from './answer.ts'
import { endpointUrl } from './endpoint.ts'
import { judgeRefusal, judgeStranger, parseObject } from './exchange-error.ts'
import { findLifetimeFault } from './lifetime.ts'

/** Options of `exchange`. */
export type ExchangeOptions = {
  /** The URL of the gateway, which is its issuer URL. */
  readonly url: string
  /** The OIDC token of the workload's own platform. */
  readonly subjectToken: string
  /** RFC 8693 §3; any JWT by default. */
  readonly subjectTokenType?: string | undefined
  /** The API the token is for, by the URI the trust document gives it. */
  readonly resource: string
  /** All scopes of the rule by default. */
  readonly scopes?: readonly string[] | undefined
  /** Only this rule may decide. Naming a rule grants nothing. */
  readonly rule?: string | undefined
  /** A shorter life than the rule gives. */
  readonly lifetimeSeconds?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** The token and what the gateway says about it. */
export type ExchangedToken = {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly scopes: readonly string[]
  readonly tokenType: string
  readonly issuedTokenType: string
  /** Finds the decision in the gateway's log. */
  readonly decisionId: string
}

/**
 * Exchanges a subject token for a short-lived token of one API. It is sent once, because a rule may
 * take a subject token only once; `createTokenSource` tries again, with a new one each time.
 *
 * Throws `ExchangeError` when the gateway refuses or cannot be reached, `TypeError` for options
 * that cannot be meant, and the reason of `signal` when that ends the request.
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
  return judgeExchange(await sendExchange(options))
}

async function sendExchange(options: ExchangeOptions): Promise<Answer> {
  return send({
    url: endpointUrl(options.url, TOKEN_PATH),
    method: 'POST',
    headers: { 'content-type': FORM_CONTENT_TYPE },
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
  if (scopes !== undefined && scopes.length > 0) form.set('scope', renderScopes(scopes))
  if (rule !== undefined) form.set('rule', requireText('rule', rule))
  if (lifetimeSeconds !== undefined) {
    const fault = findLifetimeFault(lifetimeSeconds)
    if (fault !== undefined) throw new OptionError(`lifetimeSeconds ${fault}`)
    form.set('expires_in', String(lifetimeSeconds))
  }
  return form
}

function requireText(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new OptionError(`${name} must be text`)
  return value
}

function renderScopes(scopes: readonly string[]): string {
  for (const scope of scopes) {
    if (!isScopeToken(scope)) {
      throw new OptionError('each of scopes must be one scope, without spaces')
    }
  }
  return scopes.join(' ')
}

/** RFC 6750 §2.1: anything else could not stand in an Authorization header. */
const BEARER = /^[A-Za-z0-9._~+/-]+=*$/

function judgeExchange(answer: Answer): ExchangedToken {
  if (answer.status !== 200) throw judgeRefusal(answer)
  const body: Partial<Record<keyof TokenResponse, unknown>> = parseObject(answer.text) ?? {}
  const { access_token: accessToken, token_type: tokenType, scope } = body
  const { issued_token_type: issuedTokenType, expires_in: expiresInSeconds } = body
  const { decision_id: decisionId } = body
  if (
    typeof accessToken !== 'string' ||
    !BEARER.test(accessToken) ||
    typeof tokenType !== 'string' ||
    // RFC 6749 §5.1: the type is compared without regard to case.
    tokenType.toLowerCase() !== 'bearer' ||
    typeof issuedTokenType !== 'string' ||
    typeof expiresInSeconds !== 'number' ||
    expiresInSeconds <= 0 ||
    typeof scope !== 'string' ||
    typeof decisionId !== 'string'
  ) {
    throw judgeStranger(answer)
  }
  return {
    accessToken,
    expiresInSeconds,
    scopes: splitScopes(scope),
    tokenType,
    issuedTokenType,
    decisionId,
  }
}
