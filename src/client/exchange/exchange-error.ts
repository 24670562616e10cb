/** The one error of this door, and how an error answer of the gateway becomes one. */

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
 * The gateway's OAuth error code, or what happened instead of an answer: `unreachable` when none
 * came, `invalid_response` when what came is not a gateway's, `source_unavailable` when the
 * platform's own token could not be had, so that nobody was asked.
 */
export type ExchangeErrorCode =
  | OAuthErrorCode
  | 'unreachable'
  | 'invalid_response'
  | 'source_unavailable'

/** What an `ExchangeError` is made of; the class says what each means. */
export type ExchangeErrorFacts = {
  readonly code: ExchangeErrorCode
  readonly description: string
  readonly status?: number | undefined
  readonly decisionId?: string | undefined
  readonly explanation?: readonly ExplainedRule[] | undefined
  readonly retryAfterSeconds?: number | undefined
  /** Where the code alone does not say it: a source's failure, a status, a certificate. */
  readonly isTemporary?: boolean | undefined
  readonly cause?: unknown
}

/**
 * Why `exchange` or `revoke` did not succeed. Decide by `code`; the rest is for people. Holds no
 * token.
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
  /** The HTTP status, where an answer came. */
  readonly status: number | undefined
  /** One sentence. */
  readonly description: string
  /** Finds the decision in the gateway's log. */
  readonly decisionId: string | undefined
  /** Which rules came near and what each condition saw, for callers of a rule's own tenant. */
  readonly explanation: readonly ExplainedRule[]
  /** How long the gateway asks to be left alone. */
  readonly retryAfterSeconds: number | undefined
  /** Whether the same call may succeed later, with nothing changed. */
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

/** Whether it may pass. A row for each code, so that a new one does not compile unknown. */
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
  server_error: true,
  temporarily_unavailable: true,
} as const satisfies Record<OAuthErrorCode, boolean>

function isTemporary(code: ExchangeErrorCode): boolean {
  return code === 'unreachable' || (isCode(code) && CODES[code])
}

/** What an answer other than success says. Anything but a known OAuth error is not a gateway's. */
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
 * Statuses that load balancers, CDNs and rate limits send for a while (RFC 9110 §15.6, RFC 8470
 * §5.2, RFC 6585 §4), whatever the body is.
 */
export function isPassingStatus(status: number): boolean {
  return [408, 425, 429].includes(status) || status >= 500
}

/** An answer that no gateway gives. It names who gave it as far as the answer says so. */
export function judgeStranger({ status, headers }: Answer): ExchangeError {
  // The product alone: the rest of the field may be any text.
  const product = /^[\w.-]{1,40}/.exec(headers.get('server') ?? '')?.[0]
  const facts = product === undefined ? `status ${status}` : `status ${status}, server ${product}`
  const isPassing = isPassingStatus(status)
  return new ExchangeError({
    code: 'invalid_response',
    status,
    description: isPassing
      ? `something in front of the gateway answered (${facts})`
      : `the answer (${facts}) is not a gateway's`,
    retryAfterSeconds: readRetryAfter(headers),
    isTemporary: isPassing,
  })
}

/** The JSON object in a text, or undefined. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text)
  return isJsonObject(value) ? value : undefined
}

/** Undefined for what is no JSON. */
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

/** RFC 9110 §10.2.3: seconds, or a date, which is taken by the clock of whoever sent it. */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  if (/^[0-9]+$/.test(value)) return Math.min(Number(value), LARGEST_RETRY_AFTER_SECONDS)
  if (!value.endsWith(' GMT')) return undefined
  const sentAt = Date.parse(headers.get('date') ?? '') || Date.now()
  const seconds = Math.ceil((Date.parse(value) - sentAt) / 1000)
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

/** An explanation helps; one that is malformed is left out rather than made an error of its own. */
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
  const cause = TEMPLATE_FAULT_CAUSES.find((known) => known === value.cause)
  if (cause === undefined) return undefined
  const { template, claim, length, limit } = value
  return {
    template,
    cause,
    ...(typeof claim === 'string' ? { claim } : {}),
    ...(typeof length === 'number' ? { length } : {}),
    ...(typeof limit === 'number' ? { limit } : {}),
  }
}

function readCondition(value: unknown): readonly ExplainedCondition[] {
  if (!isJsonObject(value)) return []
  const { claim, holds, expected, presented } = value
  if (typeof claim !== 'string' || typeof holds !== 'boolean' || typeof expected !== 'string') {
    return []
  }
  return [{ claim, holds, expected, presented: typeof presented === 'string' ? presented : null }]
}
