/** Reads the time in `--at`, `at:` and `--before`. */
import { parseMoment } from '../../web/moment.ts'
import { usageFailure } from '../shell/failure.ts'

/**
 * Returns epoch seconds: the given UTC time, or now. A date without a time means the end of that
 * day.
 */
export function readMoment(text: string | undefined, where: string): number {
  if (text === undefined) return Math.floor(Date.now() / 1000)
  const moment = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(text)
    ? parseMoment(text)
    : undefined
  if (moment === undefined) {
    throw usageFailure(`${where} must be a UTC time such as 2026-12-01T12:00:00Z`)
  }
  return moment
}

/** As `readMoment`, but a date without a time means the start of that day: what was before it. */
export function readBefore(text: string, where: string): number {
  return readMoment(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text, where)
}
