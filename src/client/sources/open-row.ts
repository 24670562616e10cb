/**
 * A row of the table becomes a source: bounded in time, its answer checked to be one token, and its
 * failures told in our own words. What a platform threw goes no further, because it may quote a
 * token.
 */
import { abortable, startDeadline } from '../deadline.ts'
import { ExchangeError } from '../exchange-error.ts'
import { MAX_SOURCE_BYTES, SOURCE_TIMEOUT_MILLISECONDS } from '../limits.ts'
import type { Platform } from '../platform.ts'
import { sourceFailure } from '../source-failure.ts'
import type { SubjectTokenSource } from '../subject-token-source.ts'
import type { SourceRow } from './row.ts'

export function openRow(
  { name, ask }: Omit<SourceRow, 'look'>,
  platform: Platform,
): SubjectTokenSource {
  return {
    name,
    async getSubjectToken({ audience, signal }) {
      signal?.throwIfAborted()
      const deadline = startDeadline(SOURCE_TIMEOUT_MILLISECONDS, signal)
      try {
        const asked = ask(platform, { audience, signal: deadline.signal })
        return checkToken(name, await abortable(asked, deadline.signal))
      } catch (error) {
        signal?.throwIfAborted()
        if (deadline.signal.aborted) throw sourceFailure(name, 'did not answer in time', true)
        throw error instanceof ExchangeError ? error : sourceFailure(name, describe(error))
      } finally {
        deadline.stop()
      }
    },
  }
}

/** Without the line end that most tools add. Never says what it was instead. */
function checkToken(name: string, text: string): string {
  const token = text.trim()
  if (token === '') throw sourceFailure(name, 'gave no token')
  if (!/^[\x21-\x7e]+$/.test(token) || token.length > MAX_SOURCE_BYTES) {
    throw sourceFailure(name, 'gave something else than one token')
  }
  return token
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file or command'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a directory'],
  ['ERR_CHILD_PROCESS_STDIO_MAXBUFFER', 'it wrote too much'],
])

/** By the code of the system alone: a number is the exit code of a command. */
function describe(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  if (typeof code === 'number') return `the command ended with ${code}`
  const known = REASONS.get(code)
  if (known !== undefined) return known
  return typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? `failed (${code})` : 'failed'
}
