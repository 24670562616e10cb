/**
 * workerd outlives a parent that is killed outright, and would keep the state's files open. This
 * guard has workerd end with its parent, raises its descriptor limit, and then becomes workerd
 * itself, so that ending it the ordinary way needs nobody in between.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { refuseLink, writeOwnFile } from './safe-files.ts'

/** Writes the guard beside the state and answers with its path; undefined where it cannot run. */
export function writeWorkerdGuard(stateDir: string): string | undefined {
  if (process.platform === 'win32') return undefined
  const path = join(stateDir, 'workerd-guard')
  refuseLink(workerdPidFile(stateDir))
  writeOwnFile(path, guardScript(findWorkerd(), workerdPidFile(stateDir)), 0o700)
  return path
}

/** The variable of Miniflare that names the program it starts as workerd, each time it starts one. */
const PROGRAM = 'MINIFLARE_WORKERD_PATH'
const CONFIGURED = process.env[PROGRAM]

/**
 * Has Miniflare start workerd through the guard of this state directory. The returned function ends
 * that: otherwise a later Miniflare in this process would start a guard whose directory is gone.
 */
export function useWorkerdGuard(stateDir: string): () => void {
  const guard = writeWorkerdGuard(stateDir)
  if (guard === undefined) return () => {}
  process.env[PROGRAM] = guard
  return function releaseGuard() {
    // Another gateway of this process may have its own guard in place by now.
    if (process.env[PROGRAM] !== guard) return
    if (CONFIGURED === undefined) delete process.env[PROGRAM]
    else process.env[PROGRAM] = CONFIGURED
  }
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

/**
 * Linux ends a process with its parent when it is asked to (`PR_SET_PDEATHSIG`). Elsewhere a shell
 * waits on Miniflare's control channel, on which nothing ever comes in: it ends when the parent
 * does. Nobody looks at a clock.
 */
function guardScript(workerd: string, pidFile: string): string {
  return `#!/bin/sh
set -C
umask 077
self=$$
rm -f ${quote(pidFile)}
echo "$self" > ${quote(pidFile)}
ulimit -n "$(ulimit -H -n)" 2>/dev/null
if setpriv --pdeathsig KILL true 2>/dev/null; then
  exec setpriv --pdeathsig KILL ${quote(workerd)} "$@"
fi
started=$(ps -o lstart= -p "$self")
# The watch must hold none of our other descriptors: whoever waits for one to close would wait for it.
(
  read -r _ <&3
  # The number may belong to another process by now.
  if [ "$(ps -o lstart= -p "$self")" = "$started" ]; then kill -9 "$self"; fi
) </dev/null >/dev/null 2>&1 &
exec ${quote(workerd)} "$@"
`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
