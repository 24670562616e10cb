/** Parses the dates and durations of trust documents and signing keys. */

/** Returns the epoch seconds of a UTC time or of the end of a day. Undefined for any other text. */
export function parseMoment(text: string): number | undefined {
  const isDay = text.length === 10
  const milliseconds = Date.parse(isDay ? `${text}T00:00:00Z` : text)
  if (Number.isNaN(milliseconds)) return undefined
  // `Date.parse` reads 2027-02-31 as a day in March. The date must be the same after parsing.
  if (new Date(milliseconds).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined
  const seconds = Math.floor(milliseconds / 1000)
  return isDay ? seconds + 24 * 3600 : seconds
}

/** Returns the seconds of a duration such as `90s`, `10m` or `1h`. */
export function parseDuration(text: string): number {
  const unit = text.endsWith('h') ? 3600 : text.endsWith('m') ? 60 : 1
  return Number(text.slice(0, -1)) * unit
}
