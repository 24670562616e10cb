/** One HTTP request to a platform's own token endpoint, and the token in its answer. */

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

export type Question = Pick<Ask, 'url' | 'headers'> & { readonly method?: 'GET' | 'POST' }

/** The text of a 200. What the platform said otherwise stays unread: it may quote what we sent. */
export async function askPlatform(
  { fetch }: Platform,
  { signal }: SubjectTokenRequest,
  question: Question,
): Promise<Answer> {
  // Otherwise fetch fails as if nobody answered, and it would be tried again.
  const isSendable = Object.values(question.headers ?? {}).every((text) => HEADER.test(text))
  if (!isSendable) throw new SourceFault("the platform's own secret is not one line of text")
  const who = `the platform (${new URL(question.url).host})`
  const bounds = { signal, fetch, maxBytes: MAX_SOURCE_BYTES, who }
  try {
    for (let tries = 1; ; tries += 1) {
      const answer = await send({ method: 'GET', ...question, ...bounds })
      if (answer.status !== 401 || tries === MAX_REFUSED_TRIES) return checkAnswer(answer)
      await wait(pauseAfter(tries), signal)
    }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    throw new SourceFault(error.description, error.isTemporary)
  }
}

const HEADER = /^[\x20-\x7e]+$/

function checkAnswer(answer: Answer): Answer {
  const { status, headers, text } = answer
  checkStatus(status, readRetryAfter(headers))
  if (text.trim() !== '') return answer
  throw new SourceFault('the platform answered 200 with an empty body', true)
}

export function checkStatus(status: number, retryAfterSeconds?: number): void {
  if (status === 200) return
  const isTemporary = isPassingStatus(status)
  throw new SourceFault(`the platform answered ${status}`, isTemporary, retryAfterSeconds)
}

/** The token under this name in a JSON answer. */
export function readMember({ text }: Answer, member: string): string {
  const value = parseObject(text)?.[member]
  if (typeof value !== 'string') throw new SourceFault(`the answer has no ${member}`)
  // Some platforms answer before they have a token.
  if (value.trim() === '') throw new SourceFault('gave no token', true)
  return value
}

/** Where the agents of cloud machines are: such an address is never routed. */
const LINK_LOCAL = /^169\.254\.\d+\.\d+$/

/**
 * The URL that a variable gave, with parameters added. It is asked with a secret in a header: only
 * https, or an address that does not leave the machine, may have that.
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
