/** The times of signing keys: in flags, in files and on screen. */
import { parseMoment } from '../../web/moment.ts'
import { usageFailure } from '../shell/failure.ts'

/** Returns epoch seconds, or undefined if the flag is absent. Throws a usage failure. */
export function readTime(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const isWritten = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value)
  const moment = isWritten ? parseMoment(value) : undefined
  if (moment === undefined) {
    throw usageFailure(`--${flag} must be a UTC time such as 2027-01-31T00:00:00Z`)
  }
  return moment
}

/** Returns a UTC time such as `2027-01-31T00:00:00Z`. */
export function writeTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

export function currentSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
