/** Turns what the file system refuses, such as a full disk, into one sentence. */
import { CommandFailure, refusal } from '../shell/failure.ts'
import { describeFileFault } from '../shell/faults/file-fault.ts'

/** `consequence`: the end of the sentence, such as `no backup was written`. */
export async function guardDisk<T>(consequence: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof CommandFailure || !isOfSystem(error)) throw error
    throw refusal(`refused: ${describeFileFault(error)}; ${consequence}`)
  }
}

/** Errors of the system name the call and the paths, and quote no content. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && typeof error.syscall === 'string'
}
