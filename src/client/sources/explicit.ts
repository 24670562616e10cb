/** Sources that are named rather than found: a variable, a file, a command of one's own. */
import { findPlatform, type Platform } from '../platform.ts'
import { sourceFailure } from '../source-failure.ts'
import type { SubjectTokenSource } from '../subject-token-source.ts'
import { readRequired } from './ask-platform.ts'
import { openRow } from './open-row.ts'
import { lookForAny, type SourceRow } from './row.ts'

/**
 * The subject token in an environment variable, read anew each time.
 *
 * @example
 * const source = fromVariable('EDGEMINT_SUBJECT_TOKEN')
 */
export function fromVariable(name: string, platform = findPlatform()): SubjectTokenSource {
  return openRow(
    { name: 'variable', ask: async () => readRequired('variable', platform, name) },
    platform,
  )
}

/**
 * The subject token in a file, read anew each time: whoever writes it may replace it.
 *
 * @example
 * const source = fromFile('/var/run/secrets/edgemint/token')
 */
export function fromFile(path: string, platform = findPlatform()): SubjectTokenSource {
  return openRow({ name: 'file', ask: () => platform.readFile(path) }, platform)
}

/**
 * What a command prints, run anew each time without a shell. Its stderr is not shown.
 *
 * @example
 * const source = fromCommand(['vault', 'read', '-field=token', 'identity/oidc/token/deploy'])
 */
export function fromCommand(
  command: readonly [string, ...string[]],
  platform = findPlatform(),
): SubjectTokenSource {
  return openRow(
    { name: 'command', ask: (_, { signal }) => platform.run(command, signal) },
    platform,
  )
}

function explicitRow(
  name: string,
  variable: string,
  open: (value: string, platform: Platform) => SubjectTokenSource,
): SourceRow {
  return {
    name,
    look: (platform) => lookForAny(platform, [variable]),
    ask: async (platform, request) =>
      open(readRequired(name, platform, variable), platform).getSubjectToken(request),
  }
}

export const EXPLICIT_ROWS: readonly SourceRow[] = [
  explicitRow('variable', 'EDGEMINT_SUBJECT_TOKEN', (_, platform) =>
    fromVariable('EDGEMINT_SUBJECT_TOKEN', platform),
  ),
  explicitRow('file', 'EDGEMINT_SUBJECT_TOKEN_FILE', fromFile),
  explicitRow('command', 'EDGEMINT_SUBJECT_TOKEN_COMMAND', (text, platform) =>
    fromCommand(splitCommand(text), platform),
  ),
]

/** A JSON array of words, or words between spaces. No quotes: what they mean differs by shell. */
function splitCommand(text: string): readonly [string, ...string[]] {
  const words: unknown = text.trim().startsWith('[') ? parseJson(text) : text.trim().split(/\s+/)
  const isList = Array.isArray(words) && words.every((word) => typeof word === 'string')
  const [first, ...rest] = isList ? words : []
  const hasQuotes = !text.trim().startsWith('[') && /["'`$\\]/.test(text)
  if (first === undefined || first === '' || hasQuotes) {
    throw sourceFailure(
      'command',
      'EDGEMINT_SUBJECT_TOKEN_COMMAND must be words between spaces, without quotes, or a JSON array of them',
    )
  }
  return [first, ...rest]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
