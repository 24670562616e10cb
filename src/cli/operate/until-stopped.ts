/** Resolves when a local server must end: after a signal, or when the npx that started it ends. */
import { whenNpxEnds } from './end-with-npx.ts'

const FROM_PEOPLE = ['SIGTERM', 'SIGINT'] as const
/**
 * A terminal that closes sends it. The shell and the system may both send it, so a second one does
 * not end the process.
 */
const FROM_TERMINAL = 'SIGHUP'

export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    function stop(): void {
      // A second signal ends the process immediately, also one of the other kind.
      for (const signal of FROM_PEOPLE) process.off(signal, stop)
      resolve()
    }
    for (const signal of [...FROM_PEOPLE, FROM_TERMINAL] as const) {
      // The handlers of Miniflare would end the process with 143 before anything is closed.
      process.removeAllListeners(signal)
      process.on(signal, stop)
    }
    whenNpxEnds(resolve)
  })
}
