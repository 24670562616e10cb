/** Turns an error of the file system, or a symbolic link in place of a file, into one sentence. */
import { CommandFailure, usageFailure } from '../../shell/failure.ts'
import { describeFileFault } from '../../shell/faults/file-fault.ts'

/** `consequence`: the end of the sentence, such as `nothing was written`. */
export function guardFiles<T>(consequence: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof CommandFailure || !(error instanceof Error)) throw error
    // `writeAll` writes beside the place of a file first.
    const reason = describeFileFault(error).replace(/\.edgemint-[0-9a-f]{8}(?=:)/, '')
    throw usageFailure(`${reason}; ${consequence}`)
  }
}
