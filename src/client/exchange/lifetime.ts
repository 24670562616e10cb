/** What a caller may ask for as the life of a token: the one rule of SDK, command line and action. */
import { MAX_ASKED_LIFETIME_SECONDS, MIN_TOKEN_LIFETIME_SECONDS } from '../limits.ts'

/** Says what is wrong with a number of seconds, or nothing. */
export function findLifetimeFault(seconds: number): string | undefined {
  if (!Number.isInteger(seconds) || seconds < MIN_TOKEN_LIFETIME_SECONDS) {
    return `must be a whole number of seconds, ${MIN_TOKEN_LIFETIME_SECONDS} or more`
  }
  // A gateway would answer that this is no whole number.
  if (seconds > MAX_ASKED_LIFETIME_SECONDS) {
    return `must be at most ${MAX_ASKED_LIFETIME_SECONDS} seconds`
  }
  return undefined
}

/** The number that a person wrote, in digits alone; NaN for any other text. */
export function parseSeconds(text: string): number {
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : Number.NaN
}
