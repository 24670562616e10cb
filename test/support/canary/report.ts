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

/** `lookAgain` looks, when a file has ended, at what it has left. */
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
