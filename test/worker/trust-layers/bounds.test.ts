/** The bounds of the layers add up to the promise: a change takes effect within ten seconds. */
import { describe, expect, it } from 'vitest'
import architecture from '../../../docs/architecture.md?raw'
import { SNAPSHOT_REVALIDATE_SECONDS } from '../../../src/core/limits.ts'
import {
  TRUST_CLOCK_DIFFERENCE_SECONDS,
  TRUST_DATA_CENTRE_SECONDS,
  TRUST_LAYER_TIMEOUT_MILLISECONDS,
  TRUST_LAYERS_TIMEOUT_MILLISECONDS,
  TRUST_POINTER_MOST_SECONDS,
  TRUST_READER_MOST_SECONDS,
  TRUST_READER_POLL_SECONDS,
} from '../../../src/worker/trust-layers/limits.ts'

const PROMISE_SECONDS = 10
const LAYERS = 2

/** How old a pointer can be when an isolate gets it. */
const ARRIVAL = [
  TRUST_CLOCK_DIFFERENCE_SECONDS,
  TRUST_READER_MOST_SECONDS,
  TRUST_DATA_CENTRE_SECONDS,
  (LAYERS * TRUST_LAYER_TIMEOUT_MILLISECONDS) / 1000,
]
const sumOf = (seconds: readonly number[]) => seconds.reduce((total, next) => total + next, 0)

describe('the bounds of the layers', () => {
  it('let every pointer arrive that no layer has held back', () => {
    expect(TRUST_POINTER_MOST_SECONDS).toBe(sumOf(ARRIVAL))
    expect(TRUST_READER_POLL_SECONDS).toBeLessThan(TRUST_READER_MOST_SECONDS)
  })

  it('end before the promise if the clock is behind and the content is slow', () => {
    const most = TRUST_POINTER_MOST_SECONDS + TRUST_CLOCK_DIFFERENCE_SECONDS
    expect(most + TRUST_LAYERS_TIMEOUT_MILLISECONDS / 1000).toBeLessThanOrEqual(PROMISE_SECONDS)
  })

  it('end with the age at which no isolate decides without asking', () => {
    expect(SNAPSHOT_REVALIDATE_SECONDS).toBeLessThanOrEqual(PROMISE_SECONDS)
  })

  it('are the rows of the table in docs/architecture.md', () => {
    const [, section = ''] = architecture.split('\n### Layers\n')
    const rows = [...section.matchAll(/^\| [^|]+ \| ([\d.]+) s \| `[A-Z_]+`/gm)]
    const seconds = rows.map(([, text]) => Number(text))
    expect(seconds).toEqual([
      ...ARRIVAL,
      TRUST_CLOCK_DIFFERENCE_SECONDS,
      TRUST_LAYERS_TIMEOUT_MILLISECONDS / 1000,
    ])
    expect(section).toContain(`| **sum** | **${sumOf(seconds)} s** |`)
  })
})
