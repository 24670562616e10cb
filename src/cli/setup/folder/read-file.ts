/** Reads a file of the folder of a deployment, never through a symbolic link below that folder. */
import { dirname, join } from 'node:path'
import { readOwnFile, refuseLink } from '../../../dev/in-house.ts'
import { MAX_SETUP_FILE_BYTES } from '../../shell/limits.ts'

/** Returns undefined if there is no such file. Throws an `Error` at a symbolic link. */
export function readSetupFile(folder: string, path: string): string | undefined {
  refuseLinksTo(folder, path)
  return readOwnFile(join(folder, path), MAX_SETUP_FILE_BYTES)
}

/** A folder below could otherwise lead the signing keys to another place. */
export function refuseLinksTo(folder: string, path: string): void {
  for (let step = dirname(path); step !== '.'; step = dirname(step)) refuseLink(join(folder, step))
}
