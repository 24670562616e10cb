/**
 * Fails the test in which the canary was seen, and adds the counts of searched texts to the record
 * of the file. `reporter.ts` sums them up.
 */
import { afterAll, afterEach, expect } from 'vitest'
import { type Counts, takeCounts, takeSightings } from './watch.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** How many texts were searched while the file ran. */
    canary?: Counts
  }
}

/** Reports after each test. `lookAgain` searches what a file left when it has ended. */
export function reportSightings(lookAgain?: () => Promise<void>): void {
  afterEach(failWhenSeen)
  reportSightingsOfFile(lookAgain)
}

/** Reports only at the end of the file. */
export function reportSightingsOfFile(lookAgain: () => Promise<void> = async () => {}): void {
  // biome-ignore lint/correctness/noEmptyPattern: Vitest requires a pattern as the first parameter.
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
