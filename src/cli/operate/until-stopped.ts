/** How a server of ours ends: by a signal, or with the npx that started it. */
import { whenNpxEnds } from './end-with-npx.ts'

export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      // Miniflare has handlers that end the process with 143 before anything is closed.
      process.removeAllListeners(signal)
      // A second signal ends it at once.
      process.once(signal, () => resolve())
    }
    whenNpxEnds(resolve)
  })
}
