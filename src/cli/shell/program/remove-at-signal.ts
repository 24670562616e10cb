/** Removes unfinished files when a signal ends the command. `finally` does not run then. */
import { rmSync } from 'node:fs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs the action. A signal meanwhile removes the paths, and ends the process as it does otherwise. */
export async function removeAtSignal<T>(
  paths: readonly string[],
  action: () => Promise<T>,
): Promise<T> {
  const end = (signal: NodeJS.Signals) => {
    stop()
    for (const path of paths) {
      try {
        rmSync(path, { recursive: true, force: true })
      } catch {
        // The signal ends the command in any case.
      }
    }
    process.kill(process.pid, signal)
  }
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
  for (const signal of SIGNALS) process.on(signal, end)
  try {
    return await action()
  } finally {
    stop()
  }
}
