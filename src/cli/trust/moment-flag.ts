/** `--at` and `at:`: a moment as people write it, in epoch seconds. */
import { parseMoment } from '../../web/moment.ts'
import { usageFailure } from '../shell/failure.ts'

/** Now, unless a UTC time is given. A date alone means the end of that day, as in a document. */
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
