/** Waits for the signal that ends a server of ours. A second one ends it without manners. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      // Miniflare has handlers that end the process with 143 before anything is closed.
      process.removeAllListeners(signal)
      process.once(signal, () => resolve())
    }
  })
}
