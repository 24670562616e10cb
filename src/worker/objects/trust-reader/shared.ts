/**
 * A small memory of a Durable Object: one call for simultaneous questions, and the newest answers.
 * Do not use it in an isolate of the Worker, where a promise ends with its request (WRK-02).
 */

export type Shared<T> = {
  /** Only settled answers are kept. `undefined` and failures are asked for again. */
  readonly get: (name: string, ask: () => Promise<T | undefined>) => Promise<T | undefined>
}

/** `most` is the number of answers that are kept. */
export function createShared<T>(most: number): Shared<T> {
  const answers = new Map<string, T>()
  const running = new Map<string, Promise<T | undefined>>()

  async function askAndKeep(
    name: string,
    ask: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    try {
      const answer = await ask()
      if (answer === undefined) return undefined
      answers.set(name, answer)
      const [oldest] = answers.keys()
      if (answers.size > most && oldest !== undefined) answers.delete(oldest)
      return answer
    } finally {
      running.delete(name)
    }
  }

  return {
    async get(name, ask) {
      const known = answers.get(name)
      if (known !== undefined) return known
      const started = running.get(name) ?? askAndKeep(name, ask)
      if (!running.has(name)) running.set(name, started)
      return started
    },
  }
}
