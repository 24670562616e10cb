/** Refuses a directory to write that is inside the directory that is read. */
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { usageFailure } from '../../shell/failure.ts'

/** `name`: how the person wrote `path`. `what`: what `folder` is, such as `the backup`. */
export function requireOutside(path: string, name: string, folder: string, what: string): void {
  const below = relative(realPath(folder), realPath(path))
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return
  throw usageFailure(`cannot write ${name}: it is inside ${what}, ${folder}; name another`)
}

/** The path without links. Its last parts may not exist yet. */
function realPath(path: string): string {
  const whole = resolve(path)
  if (existsSync(whole)) return realpathSync(whole)
  const parent = dirname(whole)
  return parent === whole ? whole : join(realPath(parent), basename(whole))
}
