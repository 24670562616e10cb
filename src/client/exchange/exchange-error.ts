/** Defines `ExchangeError`, and converts an error response of the gateway to one. */

import type {
  ExplainedCondition,
  ExplainedRule,
  OAuthErrorCode,
  TokenErrorResponse,
} from '../../protocol/oauth.ts'
import { TEMPLATE_FAULT_CAUSES, type UnrenderableTemplate } from '../../protocol/template-fault.ts'
import { isJsonObject } from '../../web/json.ts'
import { LARGEST_RETRY_AFTER_SECONDS } from '../limits.ts'
import type { Answer } from './answer.ts'

/**
 * The gateway's OAuth error code, or one of three codes of the client. `unreachable`: no response
 * arrived. `invalid_response`: the response is not from a gateway. `source_unavailable`: the platform
 * returned no token, so the client sent no request to the gateway.
 */
export type ExchangeErrorCode =
  | OAuthErrorCode
  | 'unreachable'
  | 'invalid_response'
  | 'source_unavailable'

/** The members of an `ExchangeError`. The class explains each of them. */
export type ExchangeErrorFacts = {
  readonly code: ExchangeErrorCode
  readonly description: string
  readonly status?: number | undefined
  readonly decisionId?: string | undefined
  readonly explanation?: readonly ExplainedRule[] | undefined
  readonly retryAfterSeconds?: number | undefined
  /** Needed only when the code does not say it, such as for a source, a status or a certificate. */
  readonly isTemporary?: boolean | undefined
  readonly cause?: unknown
}

/**
 * Why `exchange` or `revoke` failed. Programs decide by `code`; the other members are for people. It
 * never contains a token.
 *
 * @example
 * try {
 *   await exchange(options)
 * } catch (error) {
 *   if (error instanceof ExchangeError && error.code === 'temporarily_unavailable') retryLater()
 *   else throw error
 * }
 */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError'
  readonly code: ExchangeErrorCode
  /** The HTTP status, if a response arrived. */
  readonly status: number | undefined
  /** One sentence. */
  readonly description: string
  /** The id of the decision in the gateway's log. */
  readonly decisionId: string | undefined
  /** The rules that nearly matched, and each condition's result. Only for callers of a rule's tenant. */
  readonly explanation: readonly ExplainedRule[]
  /** The value of `Retry-After`, in seconds. */
  readonly retryAfterSeconds: number | undefined
  /** Whether the same call may succeed later without a change. */
  readonly isTemporary: boolean

  constructor(facts: ExchangeErrorFacts) {
    super(`${facts.description} (${facts.code})`, { cause: facts.cause })
    this.code = facts.code
    this.status = facts.status
    this.description = facts.description
    this.decisionId = facts.decisionId
    this.explanation = facts.explanation ?? []
    this.retryAfterSeconds = facts.retryAfterSeconds
    this.isTemporary = facts.isTemporary ?? isTemporary(facts.code)
  }
}

/** Whether each code is temporary. The type makes sure that a new code gets a row. */
const CODES = {
  invalid_request: false,
  invalid_client: false,
  invalid_grant: false,
  unauthorized_client: false,
  unsupported_grant_type: false,
  invalid_scope: false,
  invalid_target: false,
  invalid_token: false,
  insufficient_scope: false,
  unsupported_token_type: false,
  invalid_dpop_proof: false,
  use_dpop_nonce: false,
  server_error: true,
  temporarily_unavailable: true,
} as const satisfies Record<OAuthErrorCode, boolean>

function isTemporary(code: ExchangeErrorCode): boolean {
  return code === 'unreachable' || (isCode(code) && CODES[code])
}

/** Converts an error response. A response without a known OAuth error code is not from a gateway. */
export function judgeRefusal(answer: Answer): ExchangeError {
  const { status } = answer
  const retryAfterSeconds = readRetryAfter(answer.headers)
  const body: Partial<Record<keyof TokenErrorResponse, unknown>> = parseObject(answer.text) ?? {}
  const code = body.error
  if (!isCode(code)) return judgeStranger(answer)
  const { error_description: description, decision_id: decisionId } = body
  return new ExchangeError({
    code,
    status,
    description: typeof description === 'string' ? description : 'the gateway gave no reason',
    decisionId: typeof decisionId === 'string' ? decisionId : undefined,
    explanation: readExplanation(body.explanation),
    retryAfterSeconds,
    isTemporary: isPassingStatus(status) || isTemporary(code),
  })
}

/**
 * Whether the status is temporary, whatever the body is: load balancers, CDNs and rate limits send
 * these for a short time (RFC 9110 §15.6, RFC 8470 §5.2, RFC 6585 §4).
 */
export function isPassingStatus(status: number): boolean {
  return [408, 425, 429].includes(status) || status >= 500
}

/** Returns the error for a response that is not from a gateway. It names the server if `Server` does. */
export function judgeStranger({ status, headers }: Answer): ExchangeError {
  // Only the product name is used, because the rest of the field may be any text.
  const product = /^[\w.-]{1,40}/.exec(headers.get('server') ?? '')?.[0]
  const facts = product === undefined ? `status ${status}` : `status ${status}, server ${product}`
  const isPassing = isPassingStatus(status)
  return new ExchangeError({
    code: 'invalid_response',
    status,
    description: isPassing
      ? `a server in front of the gateway answered (${facts})`
      : `the answer (${facts}) is not from a gateway`,
    retryAfterSeconds: readRetryAfter(headers),
    isTemporary: isPassing,
  })
}

/** Parses a JSON object. Returns undefined for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text)
  return isJsonObject(value) ? value : undefined
}

/** Parses JSON. Returns undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCode(code: unknown): code is OAuthErrorCode {
  return typeof code === 'string' && Object.hasOwn(CODES, code)
}

/** Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date. A date is relative to the sender's clock. */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  if (/^[0-9]+$/.test(value)) return Math.min(Number(value), LARGEST_RETRY_AFTER_SECONDS)
  if (!value.endsWith(' GMT')) return undefined
  const sentAt = Date.parse(headers.get('date') ?? '') || Date.now()
  const seconds = Math.ceil((Date.parse(value) - sentAt) / 1000)
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

/** Reads the explanation. A malformed entry is left out: it must not hide the gateway's own error. */
function readExplanation(value: unknown): readonly ExplainedRule[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown) => {
    if (!isJsonObject(entry)) return []
    const { rule, outcome, conditions } = entry
    if (typeof rule !== 'string' || typeof outcome !== 'string') return []
    const list: readonly unknown[] = Array.isArray(conditions) ? conditions : []
    const explained = { rule, outcome, conditions: list.flatMap(readCondition) }
    const template = readTemplate(entry.template)
    return [template === undefined ? explained : { ...explained, template }]
  })
}

function readTemplate(value: unknown): UnrenderableTemplate | undefined {
  if (!isJsonObject(value) || typeof value.template !== 'string') return undefined
  const { template, claim, length, limit } = value
  const cause = TEMPLATE_FAULT_CAUSES.find((known) => known === value.cause)
  return (
    cause && {
      template,
      cause,
      ...(typeof claim === 'string' ? { claim } : {}),
      ...(typeof length === 'number' ? { length } : {}),
      ...(typeof limit === 'number' ? { limit } : {}),
    }
  )
}

function readCondition(value: unknown): readonly ExplainedCondition[] {
  if (!isJsonObject(value)) return []
  const { claim, holds, expected, presented } = value
  if (typeof claim !== 'string' || typeof holds !== 'boolean' || typeof expected !== 'string') {
    return []
  }
  return [{ claim, holds, expected, presented: typeof presented === 'string' ? presented : null }]
}
