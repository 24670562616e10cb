/**
 * Ends a server, or the program of `exec`, when the `npx` that started it ends. npx passes a signal
 * on to a shell, but not to the program that the shell runs, so a server would keep running and keep
 * its port. A command that is started directly, for example with `setsid`, is not affected.
 */
import { readFileSync } from 'node:fs'
import { NPX_LOOK_MILLISECONDS } from '../shell/limits.ts'

/** Calls back once, when npx has ended, or the shell between npx and this process. */
export function whenNpxEnds(onEnd: () => void): void {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = process.env
  // Only for the program that npx itself runs, not for a program that this program starts.
  if (event !== 'npx' || !script.includes('edgemint') || process.platform === 'win32') return
  const shell = process.ppid
  const npx = findParent(shell)
  // No system call waits for the end of a process that is neither child nor parent, so this polls.
  // A poll costs two system calls, and the timer does not keep the process running.
  const timer = setInterval(() => {
    if (process.ppid === shell && (npx === undefined || isAlive(npx))) return
    clearInterval(timer)
    onEnd()
  }, NPX_LOOK_MILLISECONDS).unref()
}

/**
 * Returns the parent of a shell. Returns undefined when the shell has replaced itself by this
 * process: then npx is the direct parent.
 */
function findParent(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const name = /^Name:\s*(\S+)/m.exec(status)?.[1] ?? ''
    const parent = Number(/^PPid:\s*([0-9]+)/m.exec(status)?.[1])
    return /^(?:ba|da|z|k)?sh$/.test(name) && parent > 1 ? parent : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
