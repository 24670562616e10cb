/**
 * Restores a backup as a state directory. Every file is checked before anything is written. The
 * directory gets its name when it is complete, and is locked until then.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { keepForOwner, makeDirectory, takeLock, writeRestored } from '../../../dev/in-house.ts'
import { usageFailure } from '../../shell/failure.ts'
import { describeCode } from '../../shell/faults/file-fault.ts'
import { removeAtSignal } from '../../shell/program/remove-at-signal.ts'
import { flush } from './copy-state.ts'
import { checkFile, type Manifest, readManifest } from './manifest.ts'
import { requireOutside } from './outside.ts'

/** Returns the manifest. `check` is called with the complete directory, before it gets its name. */
export async function restoreState(
  folder: string,
  target: string,
  check: (directory: string) => Promise<void>,
): Promise<Manifest> {
  const stateDir = resolve(target)
  requireOutside(stateDir, target, folder, 'the backup')
  await requireEmpty(stateDir, target)
  const manifest = await readManifest(folder)
  for (const file of manifest.files) await checkFile(folder, file)
  makeDirectory(dirname(stateDir))
  const partial = join(dirname(stateDir), `.${basename(stateDir)}.restoring-${randomUUID()}`)
  return removeAtSignal([partial, `${partial}-check`], async () => {
    let isDone = false
    try {
      await mkdir(partial, { mode: 0o700 })
      keepForOwner(partial, 0o700)
      for (const file of manifest.files) {
        const path = join(partial, file.path)
        makeDirectory(dirname(path), 0o700)
        const written = await open(path, 'wx', 0o600)
        try {
          keepForOwner(path, 0o600)
          // The file may have changed since it was checked.
          await checkFile(folder, file, async (chunk) => {
            await written.writeFile(chunk)
          })
          await written.sync()
        } finally {
          await written.close()
        }
      }
      writeRestored(partial, { restoredAt: Math.floor(Date.now() / 1000) })
      await check(partial)
      const lock = await takeLock(join(partial, 'serve.lock'))
      try {
        await requireEmpty(stateDir, target)
        await rmdir(stateDir).catch(() => {})
        await rename(partial, stateDir)
        await flush(dirname(stateDir))
        isDone = true
      } finally {
        lock?.release()
      }
      return manifest
    } finally {
      if (!isDone) await rm(partial, { recursive: true, force: true })
    }
  })
}

async function requireEmpty(stateDir: string, name: string): Promise<void> {
  const names = await readdir(stateDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    if (error.code === 'ENOTDIR') throw usageFailure(`${name} is not a directory`)
    throw usageFailure(`cannot use ${name}: ${describeCode(error.code ?? 'unknown')}`)
  })
  if (names.length === 0) return
  throw usageFailure(
    `${name} is not empty; nothing was changed`,
    'name a new directory with --state',
  )
}
