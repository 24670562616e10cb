/** Reads `EDGEMINT_RETRY_SECONDS`, and reports on stderr that a command waits before a retry. */
import type { ExchangeError } from '../../client/index.ts'
import { parseNumber } from '../shell/flags.ts'
import { readVariable } from '../shell/io.ts'
import { MAX_RETRY_SECONDS } from '../shell/limits.ts'
import { say } from '../shell/output.ts'

const NAME = 'EDGEMINT_RETRY_SECONDS'

/** Returns undefined when the default of the retry policy applies. */
export function readRetrySeconds(): number | undefined {
  const text = readVariable(NAME)
  if (text === undefined) return undefined
  return parseNumber(NAME, text, { least: 0, most: MAX_RETRY_SECONDS, unit: 'seconds' })
}

/** Reports a pause. Otherwise a command that waits for a minute seems to hang. */
export function sayPause({ description }: ExchangeError, milliseconds: number): void {
  const seconds = Math.ceil(milliseconds / 1000)
  say(`${description}; trying again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`)
}
