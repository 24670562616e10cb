/** Turns an error of the file system, or a symbolic link in place of a file, into one sentence. */
import { CommandFailure, usageFailure } from '../../shell/failure.ts'

/** `consequence`: the end of the sentence, such as `nothing was written`. */
export function guardFiles<T>(consequence: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof CommandFailure || !(error instanceof Error)) throw error
    throw usageFailure(`${error.message}; ${consequence}`)
  }
}
