/** Sources that the user names: a variable, a file or a command. */
import { parseJson } from '../exchange/exchange-error.ts'
import { demand } from '../option-error.ts'
import { findPlatform } from '../platform.ts'
import type { SubjectTokenSource } from '../subject-token-source.ts'
import { openRow } from './open-row.ts'
import { requireVariable, SourceFault, type SourceRow, valueRow } from './row.ts'

/**
 * Reads the subject token from an environment variable, each time anew.
 *
 * @example
 * const source = fromVariable('EDGEMINT_SUBJECT_TOKEN')
 */
export function fromVariable(name: string, platform = findPlatform()): SubjectTokenSource {
  demand(Boolean(name), 'name must be a variable')
  return openRow({ name: 'variable', ask: async () => requireVariable(platform, name) }, platform)
}

/**
 * Reads the subject token from a file, each time anew, because the platform may replace the file.
 *
 * @example
 * const source = fromFile('/var/run/secrets/edgemint/token')
 */
export function fromFile(path: string, platform = findPlatform()): SubjectTokenSource {
  demand(Boolean(path), 'path must be a path')
  return openRow({ name: 'file', ask: () => platform.readFile(path) }, platform)
}

/**
 * Runs a command without a shell, each time anew, and uses its output. Its stderr is not shown.
 *
 * @example
 * const source = fromCommand(['vault', 'read', '-field=token', 'identity/oidc/token/deploy'])
 */
export function fromCommand(
  command: readonly [string, ...string[]],
  platform = findPlatform(),
): SubjectTokenSource {
  // Otherwise the first letter of a string would be the program.
  demand(Array.isArray(command) && Boolean(command[0]), 'command must be a list of words')
  const ask: SourceRow['ask'] = (_, { signal }) => platform.run(command, signal)
  return openRow({ name: 'command', ask }, platform)
}

const COMMAND = 'EDGEMINT_SUBJECT_TOKEN_COMMAND'

export const EXPLICIT_ROWS: readonly SourceRow[] = [
  valueRow('variable', 'EDGEMINT_SUBJECT_TOKEN', async (_, token) => token),
  valueRow('file', 'EDGEMINT_SUBJECT_TOKEN_FILE', ({ readFile }, path) => readFile(path)),
  valueRow('command', COMMAND, ({ run }, text, signal) => run(splitCommand(text), signal)),
]

/**
 * Splits a JSON array of words, or words separated by spaces. Quotes are refused, because their
 * meaning differs between shells.
 */
function splitCommand(text: string): readonly string[] {
  const isJson = text.trim().startsWith('[')
  const words: unknown = isJson ? parseJson(text) : text.trim().split(/\s+/)
  const isList = Array.isArray(words) && words.every((word) => typeof word === 'string')
  if (!isList || !words[0] || (!isJson && /["'`$\\]/.test(text))) {
    throw new SourceFault(`${COMMAND} must be words without quotes, or a JSON array of words`)
  }
  return words
}
