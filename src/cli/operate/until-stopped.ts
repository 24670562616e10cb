/** Resolves when a local server must end: after a signal, or when the npx that started it ends. */
import { whenNpxEnds } from './end-with-npx.ts'

export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      // The handlers of Miniflare would end the process with 143 before anything is closed.
      process.removeAllListeners(signal)
      // `once`: a second signal ends the process immediately.
      process.once(signal, () => resolve())
    }
    whenNpxEnds(resolve)
  })
}
