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

/** `lookAgain` searches what a file left when it has ended. */
export function reportSightings(lookAgain: () => Promise<void> = async () => {}): void {
  let record: { canary?: Counts } = {}
  afterEach(({ task }) => {
    record = task.file.meta
    failWhenSeen()
  })
  afterAll(async () => {
    await lookAgain()
    record.canary = takeCounts()
    failWhenSeen()
  })
}

function failWhenSeen(): void {
  const sightings = takeSightings()
  // Called after every test: an `expect` that nothing needs costs more than the test of pure code.
  if (sightings.length > 0) expect(sightings, 'the canary was seen').toEqual([])
}
