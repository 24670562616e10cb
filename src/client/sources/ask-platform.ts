/** Sends one HTTP request to a platform's token endpoint, and reads the token in the response. */

import { wait } from '../../web/deadline.ts'
import type { Answer } from '../exchange/answer.ts'
import { findSchemeFault } from '../exchange/endpoint.ts'
import {
  ExchangeError,
  isPassingStatus,
  parseObject,
  readRetryAfter,
} from '../exchange/exchange-error.ts'
import { pauseAfter } from '../http/retry.ts'
import { type Ask, send } from '../http/send.ts'
import { MAX_REFUSED_TRIES, MAX_SOURCE_BYTES } from '../limits.ts'
import type { Platform } from '../platform.ts'
import type { SubjectTokenRequest } from '../subject-token-source.ts'
import { SourceFault } from './row.ts'

export type Question = Pick<Ask, 'url' | 'headers'> & {
  readonly method?: 'GET' | 'POST'
  /** The statuses that are temporary only at this platform. */
  readonly passing?: readonly number[]
}

/**
 * Returns a response with the status 200. The body of any other response is not shown, because it
 * may quote the secret in the request.
 */
export async function askPlatform(
  { fetch }: Platform,
  { signal }: SubjectTokenRequest,
  question: Question,
): Promise<Answer> {
  // Otherwise `fetch` would fail as if the platform were unreachable, and the client would retry.
  const isSendable = Object.values(question.headers ?? {}).every((text) => HEADER.test(text))
  if (!isSendable) throw new SourceFault("the platform's own secret is not one line of text")
  const who = `the platform (${new URL(question.url).host})`
  const bounds = { signal, fetch, maxBytes: MAX_SOURCE_BYTES, who }
  try {
    for (let tries = 1; ; tries += 1) {
      const answer = await send({ method: 'GET', ...question, ...bounds })
      if (answer.status !== 401 || tries === MAX_REFUSED_TRIES)
        return checkAnswer(answer, question.passing)
      await wait(pauseAfter(tries), signal)
    }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    throw new SourceFault(error.description, error.isTemporary)
  }
}

const HEADER = /^[\x20-\x7e]+$/

function checkAnswer(answer: Answer, passing: Question['passing']): Answer {
  const { status, headers, text } = answer
  checkStatus(status, readRetryAfter(headers), passing?.includes(status) || undefined)
  if (!text.trim()) throw new SourceFault('the platform answered 200 with an empty body', true)
  return answer
}

export function checkStatus(
  status: number,
  retryAfterSeconds?: number,
  isTemporary = isPassingStatus(status),
): void {
  if (status === 200) return
  throw new SourceFault(`the platform answered ${status}`, isTemporary, retryAfterSeconds)
}

/** Returns the token in this member of a JSON response. */
export function readMember({ text }: Pick<Answer, 'text'>, member: string): string {
  const value = parseObject(text)?.[member]
  if (value !== null && typeof value !== 'string') {
    throw new SourceFault(`the answer has no ${member}`)
  }
  // Some platforms send a response before they have a token.
  if (!value?.trim()) throw new SourceFault('returned no token', true)
  return value
}

/** The addresses of agents on cloud machines. Such an address is never routed. */
const LINK_LOCAL = /^169\.254\.\d+\.\d+$/

/**
 * Adds parameters to the URL in a variable. The request has a secret in a header, so the URL must be
 * https or lead to an address on the local link.
 */
export function placeUrl(
  variable: string,
  text: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  if (!URL.canParse(text)) throw new SourceFault(`${variable} is not a URL`)
  const url = new URL(text)
  const fault = findSchemeFault(url, LINK_LOCAL.test(url.hostname))
  if (fault !== undefined) throw new SourceFault(`${variable} ${fault}`)
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(key, value)
  }
  return url.href
}
