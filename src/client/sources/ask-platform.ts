/** One HTTP request to a platform's own token endpoint, and the token in its answer. */
import type { Answer } from '../answer.ts'
import { ExchangeError, parseObject } from '../exchange-error.ts'
import { MAX_SOURCE_BYTES } from '../limits.ts'
import type { Platform } from '../platform.ts'
import { type Ask, send } from '../send.ts'
import { sourceFailure } from '../source-failure.ts'
import type { SubjectTokenRequest } from '../subject-token-source.ts'

type Question = Pick<Ask, 'url' | 'headers'> & { readonly method?: 'GET' | 'POST' }

/** The text of a 200. What the platform said otherwise stays unread: it may quote what we sent. */
export async function askPlatform(
  name: string,
  platform: Platform,
  { method = 'GET', ...question }: Question,
  { signal }: Pick<SubjectTokenRequest, 'signal'>,
): Promise<Answer> {
  const { fetch } = platform
  let answer: Answer
  try {
    answer = await send({ method, ...question, signal, fetch, maxBytes: MAX_SOURCE_BYTES })
  } catch (error) {
    // Without the cause: a header that fetch does not like is quoted in its message.
    if (!(error instanceof ExchangeError)) throw error
    throw sourceFailure(name, error.description, error.code === 'unreachable')
  }
  checkStatus(name, answer.status)
  return answer
}

export function checkStatus(name: string, status: number): void {
  if (status === 200) return
  throw sourceFailure(name, `the platform answered ${status}`, status === 429 || status >= 500)
}

/** The token under this name in a JSON answer. */
export function readMember(name: string, text: string, member: string): string {
  const value = parseObject(text)?.[member]
  if (typeof value !== 'string') throw sourceFailure(name, `the answer has no ${member}`)
  return value
}

const LOCAL_HOST = /^(127\.0\.0\.1|localhost|\[::1\]|169\.254\.\d{1,3}\.\d{1,3})$/

/**
 * The URL in a variable, with parameters added. It is asked with a secret in a header: only https,
 * or an address that does not leave the machine, may have that.
 */
export function readUrl(
  name: string,
  platform: Platform,
  variable: string,
  parameters: Readonly<Record<string, string>>,
): string {
  const text = readRequired(name, platform, variable)
  if (!URL.canParse(text)) throw sourceFailure(name, `${variable} is not a URL`)
  const url = new URL(text)
  const isLocal = url.protocol === 'http:' && LOCAL_HOST.test(url.hostname)
  if (url.protocol !== 'https:' && !isLocal) {
    throw sourceFailure(name, `${variable} must be https; http is for this machine only`)
  }
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value)
  return url.href
}

export function readRequired(name: string, platform: Platform, variable: string): string {
  const value = platform.environment[variable]
  if (value === undefined || value === '') throw sourceFailure(name, `${variable} is not set`)
  return value
}
