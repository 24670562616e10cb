/**
 * workerd outlives a parent that is killed outright, and would keep the port and the state's files
 * open. This guard starts a watch beside workerd that ends it when the parent is gone, and then
 * becomes workerd itself, so that ending it the ordinary way needs nobody in between.
 */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Writes the guard beside the state and answers with its path; undefined where it cannot run. */
export function writeWorkerdGuard(stateDir: string): string | undefined {
  if (process.platform === 'win32') return undefined
  const path = join(stateDir, 'workerd-guard')
  writeFileSync(path, guardScript(findWorkerd(), workerdPidFile(stateDir)), { mode: 0o755 })
  return path
}

/** Where the guard writes the process id of workerd. */
export function workerdPidFile(stateDir: string): string {
  return join(stateDir, 'workerd.pid')
}

/** The binary that Miniflare itself would start. */
function findWorkerd(): string {
  const require = createRequire(import.meta.url)
  const fromMiniflare = createRequire(require.resolve('miniflare'))
  return fromMiniflare.resolve('workerd/bin/workerd')
}

function guardScript(workerd: string, pidFile: string): string {
  return `#!/bin/sh
parent=$PPID
self=$$
echo "$self" > ${quote(pidFile)}
# The watch must hold none of our descriptors: whoever waits for one to close would wait for it.
(
  while kill -0 "$parent" && kill -0 "$self"; do sleep 0.2; done
  kill -9 "$self"
) </dev/null >/dev/null 2>&1 3>&- &
exec ${quote(workerd)} "$@"
`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
