/**
 * The state directory of a local gateway. One gateway at a time can claim it, after the workerd of
 * an earlier run has ended. Its signing keys are in `local-keys.ts`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  makeOwnDirectory,
  readOwnFile,
  refuseLinksBelow,
  requireAccess,
  requireDirectories,
  writeOwnFile,
} from '../files/safe-files.ts'
import { MAX_PID_FILE_BYTES, RELEASE_MILLISECONDS } from '../limits.ts'
import { takeLock } from '../locks/process-lock.ts'
import { workerdPidFile } from './workerd-guard.ts'

const LOCK = 'serve.lock'

/** Thrown when another gateway has claimed the directory. */
export class StateInUse extends Error {}

/** Claims the directory. Throws `StateInUse` if another gateway is using it. */
export async function claimStateDir(stateDir: string): Promise<{ release: () => void }> {
  makeOwnDirectory(stateDir)
  // A command that was run as root leaves files that the user of the gateway cannot use.
  for (const name of ['objects', LOCK]) requireAccess(join(stateDir, name))
  refuseLinksBelow(stateDir)
  // workerd would end without a reason.
  requireDirectories(join(stateDir, 'objects'), 2)
  makeOwnDirectory(join(stateDir, 'objects'))
  const lock = await takeLock(join(stateDir, LOCK))
  // The file is only for messages. The lock decides, so a stale process id does no harm.
  const pidFile = join(stateDir, 'serve.pid')
  if (lock === undefined)
    throw new StateInUse(`another gateway${name(pidFile)} is using ${stateDir}`)
  try {
    await awaitEndOf(readPid(workerdPidFile(stateDir)))
    writeOwnFile(pidFile, `${process.pid}\n`)
  } catch (error) {
    lock.release()
    throw error
  }
  return lock
}

function name(pidFile: string): string {
  const pid = readPid(pidFile)
  if (pid === undefined) return ''
  return isAlive(pid) ? ` (process ${pid})` : ` (process ${pid} of another container)`
}

/** Waits for a workerd of an earlier run. A process id of any other program is stale. */
async function awaitEndOf(pid: number | undefined): Promise<void> {
  const endsAt = Date.now() + RELEASE_MILLISECONDS
  while (pid !== undefined && isWorkerd(pid) && Date.now() < endsAt) await sleep(20)
}

function isWorkerd(pid: number): boolean {
  if (!isAlive(pid)) return false
  const commandLine = `/proc/${pid}/cmdline`
  if (!existsSync(commandLine)) return true
  return readOwnFile(commandLine, Number.POSITIVE_INFINITY)?.includes('workerd') === true
}

function readPid(path: string): number | undefined {
  const pid = Number(readOwnFile(path, MAX_PID_FILE_BYTES)?.trim())
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
