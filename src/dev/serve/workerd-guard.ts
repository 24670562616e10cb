/**
 * workerd keeps running when its parent is killed, and would keep the files of the state open. This
 * guard script makes workerd end with its parent, and raises its descriptor limit. It then replaces
 * itself by workerd, so that signals reach workerd directly.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { refuseLink, writeOwnFile } from '../files/safe-files.ts'

/** Writes the guard into the state directory and returns its path. Returns undefined on Windows. */
export function writeWorkerdGuard(stateDir: string): string | undefined {
  if (process.platform === 'win32') return undefined
  const path = join(stateDir, 'workerd-guard')
  refuseLink(workerdPidFile(stateDir))
  writeOwnFile(path, guardScript(findWorkerd(), workerdPidFile(stateDir)), 0o700)
  return path
}

/**
 * The variable of Miniflare that names the program it starts as workerd, each time it starts one.
 */
const PROGRAM = 'MINIFLARE_WORKERD_PATH'
const CONFIGURED = process.env[PROGRAM]

/**
 * Makes Miniflare start workerd through the guard of this state directory. The returned function
 * ends that. Otherwise a later Miniflare in this process would start a guard that may no longer
 * exist.
 */
export function useWorkerdGuard(stateDir: string): () => void {
  const guard = writeWorkerdGuard(stateDir)
  if (guard === undefined) return () => {}
  process.env[PROGRAM] = guard
  return function releaseGuard() {
    // Another gateway of this process may have set its own guard meanwhile.
    if (process.env[PROGRAM] !== guard) return
    if (CONFIGURED === undefined) delete process.env[PROGRAM]
    else process.env[PROGRAM] = CONFIGURED
  }
}

/** The file into which the guard writes the process id of workerd. */
export function workerdPidFile(stateDir: string): string {
  return join(stateDir, 'workerd.pid')
}

/** Finds the binary that Miniflare would start. */
function findWorkerd(): string {
  const require = createRequire(import.meta.url)
  const fromMiniflare = createRequire(require.resolve('miniflare'))
  return fromMiniflare.resolve('workerd/bin/workerd')
}

/**
 * Linux can end a process with its parent (`PR_SET_PDEATHSIG`). On other systems a shell reads from
 * Miniflare's control channel. No data arrives there, so the read ends only when the parent ends.
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
  # A terminal signals every process of its session. Only the parent decides when workerd ends.
  if setsid true 2>/dev/null; then exec setsid setpriv --pdeathsig KILL ${quote(workerd)} "$@"; fi
  exec setpriv --pdeathsig KILL ${quote(workerd)} "$@"
fi
started=$(ps -o lstart= -p "$self")
# The subshell must not inherit other descriptors: a process may wait for one of them to close.
(
  read -r _ <&3
  # The process id may belong to another process by now.
  if [ "$(ps -o lstart= -p "$self")" = "$started" ]; then kill -9 "$self"; fi
) </dev/null >/dev/null 2>&1 &
exec ${quote(workerd)} "$@"
`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
