/** Checks a requested token lifetime. The SDK, the command line and the action share this check. */
import { MAX_ASKED_LIFETIME_SECONDS, MIN_TOKEN_LIFETIME_SECONDS } from '../limits.ts'

/** Describes what is wrong with a lifetime. Returns undefined for a valid one. */
export function findLifetimeFault(seconds: number): string | undefined {
  if (!Number.isInteger(seconds) || seconds < MIN_TOKEN_LIFETIME_SECONDS) {
    return `must be a whole number of seconds, ${MIN_TOKEN_LIFETIME_SECONDS} or more`
  }
  // A gateway reads at most ten digits, and refuses a longer number as not whole.
  if (seconds > MAX_ASKED_LIFETIME_SECONDS) {
    return `must be at most ${MAX_ASKED_LIFETIME_SECONDS} seconds`
  }
  return undefined
}

/** Parses a positive whole number in decimal digits. Returns NaN for any other text. */
export function parseSeconds(text: string): number {
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : Number.NaN
}
