/**
 * Ends the test in which the canary was seen, and adds what was looked at to the file's record,
 * which `reporter.ts` sums up.
 */
import { afterAll, afterEach, expect } from 'vitest'
import { type Counts, takeCounts, takeSightings } from './watch.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** What the watchers of the canary looked at while the file ran. */
    canary?: Counts
  }
}

/** After each test. `lookAgain` looks, when a file has ended, at what it has left. */
export function reportSightings(lookAgain?: () => Promise<void>): void {
  afterEach(failWhenSeen)
  reportSightingsOfFile(lookAgain)
}

/** At the end of the file only. */
export function reportSightingsOfFile(lookAgain: () => Promise<void> = async () => {}): void {
  // biome-ignore lint/correctness/noEmptyPattern: Vitest refuses a first parameter that is no pattern.
  afterAll(async ({}, suite) => {
    await lookAgain()
    suite.file.meta.canary = takeCounts()
    failWhenSeen()
  })
}

function failWhenSeen(): void {
  const sightings = takeSightings()
  // Called after every test: an `expect` that nothing needs costs more than the test of pure code.
  if (sightings.length > 0) expect(sightings, 'the canary was seen').toEqual([])
}
