/** Describes a failure of an import after an earlier part of it was stored. */
import { EXIT_CODES } from '../shell/exit-codes.ts'
import { CommandFailure } from '../shell/failure.ts'
import { say } from '../shell/output.ts'

/**
 * Runs the steps of an import. If one fails, says what is stored, because the gateway describes only
 * the request that it refused. `describe` returns such as `the first 5000 revocations are stored`, or
 * undefined if nothing is stored yet. `rest` is such as `later one`.
 */
export async function afterStored<T>(
  describe: () => string | undefined,
  rest: string,
  steps: () => Promise<T>,
): Promise<T> {
  try {
    return await steps()
  } catch (error) {
    const stored = describe()
    if (!(error instanceof CommandFailure) || stored === undefined) throw error
    const { exitCode, message, hints } = error
    // The gateway can have stored what it did not answer.
    say(`${stored}, and ${exitCode === EXIT_CODES.unreachable ? 'perhaps a' : 'no'} ${rest}`)
    const said = message.replace(
      /nothing was (?:imported|stored|changed)/,
      'the import ended early',
    )
    throw new CommandFailure(exitCode, said, [...hints, REPEAT])
  }
}

const REPEAT = 'the import can be repeated: it adds only what the gateway does not have'
