/**
 * A row of the table becomes a source: bounded in time, its answer checked to be one token, and its
 * failures told in our own words. What a platform threw goes no further, not even as a cause,
 * because errors quote headers, bodies and command lines, and those hold tokens.
 */
import { abortable, startDeadline } from '../../web/deadline.ts'
import { ExchangeError } from '../exchange/exchange-error.ts'
import { MAX_SOURCE_BYTES, SOURCE_TIMEOUT_MILLISECONDS } from '../limits.ts'
import type { Platform } from '../platform.ts'
import type { SubjectTokenRequest, SubjectTokenSource } from '../subject-token-source.ts'
import { systemCode } from '../system-code.ts'
import { SourceFault, type SourceRow } from './row.ts'

export function openRow(
  { name, ask }: Pick<SourceRow, 'name' | 'ask'>,
  platform: Platform,
): SubjectTokenSource {
  return askBounded({
    name,
    async getSubjectToken(request) {
      try {
        return checkToken(await ask(platform, request))
      } catch (error) {
        // Of a source that is made of another.
        if (error instanceof ExchangeError) throw error
        throw fail(name, error instanceof SourceFault ? error : new SourceFault(describe(error)))
      }
    },
  })
}

/** Whoever made it: a source that never answers is left after a while. */
export function askBounded(source: SubjectTokenSource): SubjectTokenSource {
  const { name } = source
  async function ask({ audience, signal }: SubjectTokenRequest): Promise<string> {
    signal?.throwIfAborted()
    const deadline = startDeadline(SOURCE_TIMEOUT_MILLISECONDS, signal)
    try {
      return await abortable(
        source.getSubjectToken({ audience, signal: deadline.signal }),
        deadline.signal,
      )
    } catch (error) {
      signal?.throwIfAborted()
      if (deadline.signal.aborted) throw fail(name, new SourceFault('did not answer in time', true))
      throw error
    } finally {
      deadline.stop()
    }
  }
  return { name, getSubjectToken: ask }
}

function fail(name: string, fault: SourceFault): ExchangeError {
  const { message, isTemporary, retryAfterSeconds } = fault
  return new ExchangeError({
    code: 'source_unavailable',
    description: `${name}: ${message}`,
    isTemporary,
    retryAfterSeconds,
  })
}

/** Without the line end that most tools add. Never says what it was instead. */
function checkToken(text: string): string {
  const token = text.trim()
  if (token === '') throw new SourceFault('gave no token')
  if (!/^[\x21-\x7e]+$/.test(token) || token.length > MAX_SOURCE_BYTES) {
    throw new SourceFault('gave something else than one token')
  }
  return token
}

function describe(error: unknown): string {
  const code = systemCode(error)
  if (typeof code === 'number') return `the command ended with ${code}`
  if (code === 'ENOENT') return 'there is no such file or command'
  return code === undefined ? 'failed' : `failed (${code})`
}
