import { whenNpxEnds } from './end-with-npx.ts'

/** Waits for the signal that ends a server of ours, or for the end of the npx that started it. */
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
