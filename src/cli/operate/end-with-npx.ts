/**
 * A server that `npx` started ends with it. npx passes a signal on to a shell and not to what the
 * shell runs, so that the server would live on and hold its port. Whoever starts the server
 * directly, with `nohup` for instance, keeps it.
 */
import { readFileSync } from 'node:fs'
import { NPX_LOOK_MILLISECONDS } from '../shell/limits.ts'

/** Calls back once, when npx or the shell between it and this process is gone. */
export function whenNpxEnds(onEnd: () => void): void {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = process.env
  // What npx itself runs, and not what a program under npx has started.
  if (event !== 'npx' || !script.includes('edgemint') || process.platform === 'win32') return
  const shell = process.ppid
  const npx = findParent(shell)
  // No system call tells one process about the end of another that is neither its child nor its
  // parent. This look costs two system calls and keeps no process alive.
  const timer = setInterval(() => {
    if (process.ppid === shell && (npx === undefined || isAlive(npx))) return
    clearInterval(timer)
    onEnd()
  }, NPX_LOOK_MILLISECONDS).unref()
}

/** The parent of a shell. A shell that became this process has none to look for: npx is above. */
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
