/** Reads the period of `--replay`. */
import { usageFailure } from '../../shell/failure.ts'

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 7 * 86_400],
])
/** The longest period that a gateway searches. */
const MAX_PERIOD_DAYS = 366

/** Returns seconds. Throws a usage failure. */
export function readPeriod(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([a-z])$/.exec(text) ?? []
  const seconds = Number(count) * (UNITS.get(unit) ?? Number.NaN)
  if (Number.isNaN(seconds) || seconds === 0) {
    throw usageFailure(
      `--replay must be a period such as 30d, 12h or 90m, at most ${MAX_PERIOD_DAYS}d`,
    )
  }
  if (seconds <= MAX_PERIOD_DAYS * 86_400) return seconds
  throw usageFailure(
    `--replay must be at most ${MAX_PERIOD_DAYS}d: the gateway searches no longer period`,
    'older decisions are in the exports: npx edgemint decisions export --help',
  )
}
