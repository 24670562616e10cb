/** The bounds of the layers add up to the promise: a change takes effect within ten seconds. */
import { describe, expect, it } from 'vitest'
import architecture from '../../../docs/architecture.md?raw'
import { SNAPSHOT_FRESH_SECONDS, SNAPSHOT_REVALIDATE_SECONDS } from '../../../src/core/limits.ts'
import {
  TRUST_CLOCK_DIFFERENCE_SECONDS,
  TRUST_DATA_CENTRE_SECONDS,
  TRUST_LAYER_TIMEOUT_MILLISECONDS,
  TRUST_READER_POLL_SECONDS,
} from '../../../src/worker/limits.ts'

const PROMISE_SECONDS = 10
const LAYERS = 2

/** How old a pointer can be when an isolate gets it. */
const ARRIVAL =
  TRUST_CLOCK_DIFFERENCE_SECONDS +
  TRUST_READER_POLL_SECONDS +
  TRUST_DATA_CENTRE_SECONDS +
  (LAYERS * TRUST_LAYER_TIMEOUT_MILLISECONDS) / 1000

describe('the bounds of the layers', () => {
  it('add up to at most ten seconds, with the time in which an isolate does not ask', () => {
    expect(ARRIVAL + SNAPSHOT_FRESH_SECONDS).toBeLessThanOrEqual(PROMISE_SECONDS)
  })

  it('let a pointer arrive while it is fresh, so that an isolate need not ask at once', () => {
    expect(ARRIVAL).toBeLessThanOrEqual(SNAPSHOT_FRESH_SECONDS)
  })

  it('end with the age at which no isolate decides without asking', () => {
    expect(SNAPSHOT_REVALIDATE_SECONDS).toBeLessThanOrEqual(PROMISE_SECONDS)
  })

  it('are the rows of the table in docs/architecture.md', () => {
    const [, section = ''] = architecture.split('\n### Layers\n')
    const rows = [...section.matchAll(/^\| [^|]+ \| (\d+) s \| `[A-Z_]+`/gm)]
    const seconds = rows.map(([, text]) => Number(text))
    expect(seconds).toEqual([
      TRUST_CLOCK_DIFFERENCE_SECONDS,
      TRUST_READER_POLL_SECONDS,
      TRUST_DATA_CENTRE_SECONDS,
      (LAYERS * TRUST_LAYER_TIMEOUT_MILLISECONDS) / 1000,
      SNAPSHOT_FRESH_SECONDS,
    ])
    const sum = seconds.reduce((total, next) => total + next, 0)
    expect(section).toContain(`| **sum** | **${sum} s** |`)
  })
})
