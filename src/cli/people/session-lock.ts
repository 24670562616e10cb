/**
 * Lets one command at a time change the session of a gateway. Two commands that renew it at once
 * would use the same refresh token twice, and the provider would end the login.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { takeLock } from '../../dev/in-house.ts'
import { unreachable, usageFailure } from '../shell/failure.ts'
import { describeFileFault } from '../shell/faults/file-fault.ts'
import { SESSION_LOCK_MILLISECONDS, SESSION_LOOK_MILLISECONDS } from '../shell/limits.ts'
import { makeStateDirectory } from './session-file.ts'
import { sessionPath } from './state-dir.ts'

export async function withSessionLock<Value>(
  gateway: string,
  action: () => Promise<Value>,
): Promise<Value> {
  makeStateDirectory()
  const path = `${sessionPath(gateway)}.lock`
  const endsAt = performance.now() + SESSION_LOCK_MILLISECONDS
  let lock = await take(path)
  while (lock === undefined) {
    if (performance.now() > endsAt) {
      throw unreachable(`another edgemint command is still changing the session at ${gateway}`)
    }
    await sleep(SESSION_LOOK_MILLISECONDS)
    lock = await take(path)
  }
  try {
    return await action()
  } finally {
    lock.release()
  }
}

function take(path: string) {
  return takeLock(path).catch((error: unknown) => {
    throw error instanceof Error ? usageFailure(describeFileFault(error)) : error
  })
}
