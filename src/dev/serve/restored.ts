/**
 * The note that a state directory was restored from a backup. Replay marks of tokens that were used
 * after the backup are missing, so the gateway refuses tokens that were issued before the restore
 * where a rule needs the mark (REP-01).
 */
import { join } from 'node:path'
import { readOwnFile, replaceOwnFile } from '../files/safe-files.ts'
import { MAX_RESTORED_FILE_BYTES, RESTORED_SECONDS } from '../limits.ts'

const FILE = 'restored.json'

/** Epoch seconds. */
export type Restored = { readonly restoredAt: number }

export function writeRestored(stateDir: string, { restoredAt }: Restored): void {
  replaceOwnFile(join(stateDir, FILE), `${JSON.stringify({ restored_at: restoredAt })}\n`)
}

/**
 * Returns the value of REPLAY_NOT_BEFORE: that of the operator, or the time of the restore if it is
 * later. Undefined without either. Throws an `Error` if the note is damaged.
 */
export function replayNotBefore(
  stateDir: string,
  given: string | undefined,
  at: number,
): string | undefined {
  const path = join(stateDir, FILE)
  const text = readOwnFile(path, MAX_RESTORED_FILE_BYTES)
  if (text === undefined) return given
  const restoredAt = parse(text)
  if (restoredAt === undefined) throw new Error(`${path} is damaged: restore the backup again`)
  // No token that was issued before the restore is still valid.
  if (at - restoredAt > RESTORED_SECONDS) return given
  const own = new Date(restoredAt * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  // Both have one form, so their order as text is that of time. The Worker refuses any other form.
  return given === undefined || given < own ? own : given
}

function parse(text: string): number | undefined {
  try {
    const { restored_at: at } = JSON.parse(text) as { readonly restored_at?: unknown }
    return Number.isSafeInteger(at) && Number(at) > 0 ? Number(at) : undefined
  } catch {
    return undefined
  }
}
