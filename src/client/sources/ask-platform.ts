/** One HTTP request to a platform's own token endpoint, and the token in its answer. */
import type { Answer } from '../answer.ts'
import { findSchemeFault } from '../endpoint.ts'
import { ExchangeError, parseObject } from '../exchange-error.ts'
import { MAX_SOURCE_BYTES } from '../limits.ts'
import type { Platform } from '../platform.ts'
import { type Ask, send } from '../send.ts'
import type { SubjectTokenRequest } from '../subject-token-source.ts'
import { SourceFault } from './row.ts'

export type Question = Pick<Ask, 'url' | 'headers'> & { readonly method?: 'GET' | 'POST' }

/** The text of a 200. What the platform said otherwise stays unread: it may quote what we sent. */
export async function askPlatform(
  { fetch }: Platform,
  { signal }: SubjectTokenRequest,
  question: Question,
): Promise<Answer> {
  const bounds = { signal, fetch, maxBytes: MAX_SOURCE_BYTES }
  try {
    const answer = await send({ method: 'GET', ...question, ...bounds })
    checkStatus(answer.status)
    return answer
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    throw new SourceFault(error.description, error.isTemporary)
  }
}

export function checkStatus(status: number): void {
  if (status === 200) return
  throw new SourceFault(`the platform answered ${status}`, status === 429 || status >= 500)
}

/** The token under this name in a JSON answer. */
export function readMember({ text }: Answer, member: string): string {
  const value = parseObject(text)?.[member]
  if (typeof value !== 'string') throw new SourceFault(`the answer has no ${member}`)
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
