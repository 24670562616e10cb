/**
 * Lets one command at a time change the session of a gateway. Two commands that renew it at once
 * would use the same refresh token twice, and the provider would end the login.
 */
import { awaitLock } from '../../dev/in-house.ts'
import { unreachable, usageFailure } from '../shell/failure.ts'
import { describeFileFault } from '../shell/faults/file-fault.ts'
import { SESSION_LOCK_MILLISECONDS } from '../shell/limits.ts'
import { makeStateDirectory } from './session-file.ts'
import { sessionPath } from './state-dir.ts'

export async function withSessionLock<Value>(
  gateway: string,
  action: () => Promise<Value>,
): Promise<Value> {
  makeStateDirectory()
  const path = `${sessionPath(gateway)}.lock`
  const lock = await awaitLock(path, SESSION_LOCK_MILLISECONDS).catch((error: unknown) => {
    throw error instanceof Error ? usageFailure(describeFileFault(error)) : error
  })
  if (lock === undefined) {
    throw unreachable(`another edgemint command is still changing the session at ${gateway}`)
  }
  try {
    return await action()
  } finally {
    lock.release()
  }
}
