/**
 * Lets one command at a time change the keys of a state directory, from its plan to its last write.
 * Otherwise two commands would plan on the same state, and one write would replace the other.
 */
import { join } from 'node:path'
import type { KeysReport } from '../../contract/admin.ts'
import { lockLocalKeys } from '../../dev/in-house.ts'
import { refusal } from '../shell/failure.ts'
import { describeFileFault } from '../shell/faults/file-fault.ts'
import { currentSeconds } from './key-time.ts'
import { readStateKeys } from './read-keys.ts'

/** Gives `change` the keys and the time (epoch seconds) at which it has them for itself. */
export async function changeKeys<Value>(
  stateDir: string,
  change: (report: KeysReport, at: number) => Promise<Value>,
): Promise<Value> {
  // Otherwise a mistyped directory would get a lock.
  await readStateKeys(stateDir, currentSeconds())
  const lock = await lockLocalKeys(stateDir).catch((error: unknown) => {
    if (!(error instanceof Error)) throw error
    throw refusal(`refused: ${describeFileFault(error)}; no key was changed`)
  })
  if (lock === undefined) {
    throw refusal(
      `another process is still changing the keys of ${stateDir}; no key was changed`,
      `wait for it: lsof ${join(stateDir, 'keys.lock')} names it`,
    )
  }
  try {
    const at = currentSeconds()
    return await change(await readStateKeys(stateDir, at), at)
  } finally {
    lock.release()
  }
}
