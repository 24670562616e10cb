/**
 * Makes a source from a row of the table. The source has a time limit, checks that the answer is one
 * token, and reports failures in its own words. It discards the platform's error, even as a `cause`,
 * because such errors may quote headers, bodies and command lines that contain tokens.
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
        // A source that wraps another source passes its error on.
        if (error instanceof ExchangeError) throw error
        throw fail(name, error instanceof SourceFault ? error : new SourceFault(describe(error)))
      }
    },
  })
}

/** Adds a time limit to a source, so that a source that never answers fails. */
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

/**
 * Removes the line end that most tools add. Quotation marks, JSON and an unset `$VARIABLE` are not part
 * of a token: a gateway could only say that it does not accept it. The error never quotes the text.
 */
function checkToken(text: string): string {
  const token = text.trim()
  if (token === '') throw new SourceFault('returned no token')
  if (!/^[\w.~+/=-]+$/.test(token) || token.length > MAX_SOURCE_BYTES) {
    throw new SourceFault('returned text that is not one token')
  }
  return token
}

function describe(error: unknown): string {
  const code = systemCode(error)
  if (typeof code === 'number') return `the command exited with code ${code}`
  if (code === 'ENOENT') {
    const { path } = error as { readonly path: string }
    // Without a slash it may be a token in the place of a path.
    return `no such file or command${/[\\/]/.test(path) ? `: ${path}` : ''}`
  }
  return code === undefined ? 'failed' : `failed (${code})`
}
